import type { KubernetesObject } from '../../../e2e/kube/cluster.ts';
import type { Danger } from '../../../e2e/longhorn/dangers.ts';
import type { Collection } from './collections.ts';

type Pod = KubernetesObject & {
  spec?: { nodeName?: string };
  status?: { conditions?: { type: string; status: string }[]; containerStatuses?: { name: string; restartCount?: number }[] };
};

const restarts = ({ status }: Pod): Record<string, number> =>
  Object.fromEntries((status?.containerStatuses ?? []).map(({ name, restartCount = 0 }) => [name, restartCount]));

/**
 * What must be the same of the longhorn-manager pod of each node: that it is ready, and, where the run may not kill managers, that it is
 * the same pod whose containers were never started again.
 */
export const managerFacts = (allow: readonly Danger[]): Required<Pick<Collection, 'key' | 'set' | 'shows'>> => ({
  key: (pod) => (pod as Pod).spec?.nodeName ?? pod.metadata.name,
  set: (pod) => (allow.includes('manager-kill') ? {} : { pod: pod.metadata.name, restarts: restarts(pod as Pod) }),
  shows: (pod) => ({ ready: (pod as Pod).status?.conditions?.find(({ type }) => type === 'Ready')?.status }),
});
