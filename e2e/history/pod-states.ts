import type { KubernetesObject } from '../kube/objects.ts';
import type { FatalState } from './fatal-states.ts';
import type { Timeline } from './timeline.ts';

type Terminated = { reason?: string; exitCode?: number; message?: string };

type ContainerStatus = {
  name?: string;
  state?: { waiting?: { reason?: string; message?: string }; terminated?: Terminated };
  lastState?: { terminated?: Terminated };
};

/** A pod, as far as it decides whether it comes. */
export type Pod = KubernetesObject & {
  spec?: { nodeName?: string };
  status?: {
    phase?: string;
    conditions?: { type: string; status: string; reason?: string; message?: string }[];
    containerStatuses?: ContainerStatus[];
  };
};

/** One line about a pod: its phase, and what its containers wait for or ended by. */
export const describePod = (pod: Pod): string => {
  const states = (pod.status?.containerStatuses ?? []).flatMap(({ state }) => {
    const { waiting, terminated } = state ?? {};
    if (waiting !== undefined) return [`waiting: ${waiting.reason ?? ''} ${waiting.message ?? ''}`.trim()];
    if (terminated !== undefined)
      return [`ended: ${terminated.reason ?? ''} (exit code ${terminated.exitCode ?? '?'})`];
    return [];
  });
  return [pod.status?.phase ?? 'no phase yet', ...states].join(', ');
};

// What the kubelet says of a pod that is as it was made: it looks again, and finds the same.
const permanent = ['ErrImageNeverPull', 'InvalidImageName', 'CreateContainerConfigError'];

// By its exit code a program says that it will never run as it was configured (sysexits.h, EX_CONFIG).
const configurationWrong = 78;

const refusalOf = ({ status }: Pod): string | undefined =>
  (status?.containerStatuses ?? [])
    .flatMap(({ state, lastState }) => [state?.terminated ?? [], lastState?.terminated ?? []].flat())
    .find(({ exitCode }) => exitCode === configurationWrong)
    ?.message?.trim();

// A registry may be away for a moment. The kubelet tries again after 10 s, then after 20 s.
const enoughPulls = 3;

const waitingOf = ({ status }: Pod) =>
  (status?.containerStatuses ?? []).flatMap(({ state }) => state?.waiting ?? []);

const isPullFailed = (pod: Pod): boolean => waitingOf(pod).some(({ reason }) => reason === 'ErrImagePull');

const pullsOf = (timeline: Timeline<Pod>, uid: string | undefined): number => {
  const states = timeline.entries.flatMap((entry) =>
    entry.kind !== 'gap' && entry.object.metadata.uid === uid ? entry.object : [],
  );
  return states.filter(
    (pod, index) => isPullFailed(pod) && !(index > 0 && isPullFailed(states[index - 1] as Pod)),
  ).length;
};

/**
 * The pods of a timeline that will not run as they were made: an image that is not there, a container that
 * cannot be configured, a program that says so itself.
 */
export const fatalPodStates = (timeline: Timeline<Pod>): FatalState<Pod> => ({
  timeline,
  describe: describePod,
  because: (pod) => {
    const { name, uid } = pod.metadata;
    const found = waitingOf(pod).find(({ reason = '' }) => permanent.includes(reason));
    if (found !== undefined)
      return `pod ${name} cannot run: ${found.reason}${found.message ? `: ${found.message}` : ''}`;
    const refusal = refusalOf(pod);
    if (refusal !== undefined) return `pod ${name} cannot run: ${refusal}`;
    const pulls = waitingOf(pod).find(
      ({ reason = '' }) => reason === 'ErrImagePull' || reason === 'ImagePullBackOff',
    );
    if (pulls === undefined || pullsOf(timeline, uid) < enoughPulls) return undefined;
    return `the image of pod ${name} could not be pulled, ${enoughPulls} times: ${pulls.message ?? pulls.reason}`;
  },
});
