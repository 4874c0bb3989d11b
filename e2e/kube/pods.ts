import { isConditionTrue, type KubernetesObject } from './objects.ts';

/** The state of a container; at most one of the fields is set. */
export type ContainerState = {
  waiting?: { reason?: string; message?: string };
  running?: { startedAt?: string };
  terminated?: { exitCode: number; reason?: string; message?: string };
};

/** What the kubelet reports of a container. */
export type ContainerStatus = {
  name: string;
  image?: string;
  imageID?: string;
  ready?: boolean;
  restartCount?: number;
  state?: ContainerState;
  lastState?: ContainerState;
};

type Container = { name: string; image?: string; ports?: { name?: string; containerPort: number }[] };

/** A pod, with the fields that are read here. */
export type Pod = KubernetesObject & {
  spec?: { nodeName?: string; containers?: Container[]; initContainers?: Container[] };
  status?: {
    phase?: string;
    reason?: string;
    message?: string;
    podIP?: string;
    conditions?: { type: string; status: string; reason?: string; message?: string }[];
    containerStatuses?: ContainerStatus[];
    initContainerStatuses?: ContainerStatus[];
  };
};

/** Whether a pod is Ready. */
export const isReady = (pod: Pod): boolean => isConditionTrue(pod, 'Ready');

/** Whether a pod is Ready, and is not being deleted. */
export const isReadyToStay = (pod: Pod): boolean =>
  pod.metadata.deletionTimestamp === undefined && isReady(pod);

/** What a container runs. */
export type ContainerCommand = { command?: string[]; args?: string[] };

/** Returns the values of the flags in a container's command, written as `--flag VALUE` or `--flag=VALUE`. */
export const flagsOf = ({ command = [], args = [] }: ContainerCommand): Map<string, string> => {
  const words = [...command, ...args];
  return new Map(
    words.flatMap((word, index): [string, string][] => {
      const [, flag, value] = /^--([a-z0-9-]+)(?:=(.*))?$/s.exec(word) ?? [];
      const behind = value ?? words[index + 1];
      return flag === undefined || behind === undefined || (value === undefined && behind.startsWith('--'))
        ? []
        : [[flag, behind]];
    }),
  );
};
