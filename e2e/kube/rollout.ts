import type { KubernetesObject } from './objects.ts';

/** The fields of a DaemonSet that show its progress. */
export type DaemonSet = KubernetesObject & {
  metadata: { generation?: number };
  status?: {
    observedGeneration?: number;
    desiredNumberScheduled?: number;
    updatedNumberScheduled?: number;
    numberReady?: number;
  };
};

export const notThere = ['not there yet'];

/** What a DaemonSet lacks to have ready pods on at least `least` nodes. */
export const lacksOfDaemonSet = (set: DaemonSet | undefined, least: number): string[] => {
  if (set === undefined) return notThere;
  const { observedGeneration, desiredNumberScheduled: desired = 0 } = set.status ?? {};
  const { updatedNumberScheduled: updated = 0, numberReady = 0 } = set.status ?? {};
  const wanted = Math.max(desired, least);
  const isCurrent = observedGeneration === set.metadata.generation && updated >= wanted;
  return isCurrent && numberReady >= wanted ? [] : [`${numberReady} of ${wanted} ready`];
};
