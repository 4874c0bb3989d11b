import type { KubernetesObject } from '../../../kube/cluster.ts';
import type { Timeline } from '../../../history/timeline.ts';

/** A longhorn-manager pod, as far as it tells whether its processes were begun anew. */
export type ManagerPodObject = KubernetesObject & {
  spec?: { nodeName?: string };
  status?: {
    containerStatuses?: {
      name: string;
      restartCount?: number;
      state?: { running?: object };
      lastState?: { terminated?: { exitCode?: number; reason?: string } };
    }[];
  };
};

/** The end of a longhorn-manager, in a line. */
export type ManagerEnd = {
  told: string;
  /** Where its container was started again in the same pod, which keeps what it said before. */
  restarted?: { pod: string; container: string };
  /** The order of arrival of the state that told of it. */
  sequence: number;
};

/**
 * Looks through the history of the longhorn-manager pods for one that went, or whose container was started again.
 * Longhorn has had crashes of its managers that heal so fast that no state of a backup tells of them (longhorn#13245).
 */
export const judgeManagers = ({ entries }: Timeline<ManagerPodObject>): ManagerEnd[] => {
  const ends: ManagerEnd[] = [];
  const restarts = new Map<string, number>();
  for (const entry of entries) {
    if (entry.kind === 'gap') continue;
    const { sequence } = entry;
    const { metadata, spec, status } = entry.object;
    const pod = `${metadata.name} on ${spec?.nodeName ?? 'no node'}`;
    if (entry.kind === 'deleted') ends.push({ told: `${pod} went`, sequence });
    for (const { name, restartCount = 0, lastState } of status?.containerStatuses ?? []) {
      const key = `${metadata.uid}/${name}`;
      const before = restarts.get(key);
      restarts.set(key, restartCount);
      if (before === undefined || restartCount <= before) continue;
      const { exitCode, reason } = lastState?.terminated ?? {};
      const told = `container ${name} of ${pod} was started again (its last end: exit code ${exitCode ?? 'not known'}, ${reason ?? 'no reason'})`;
      ends.push({ told, restarted: { pod: metadata.name, container: name }, sequence });
    }
  }
  return ends;
};
