import type { Node, Volume } from '../../longhorn/objects.ts';
import type { ManagerContext } from '../../manager/context.ts';

const hasAll = (tags: readonly string[] | undefined, wanted: readonly string[]): boolean =>
  wanted.every((tag) => tags?.includes(tag));

const isSchedulable = ({ spec, status }: Node): boolean =>
  spec.allowScheduling &&
  !status?.conditions?.some((each) => each.type === 'Schedulable' && each.status === 'False');

// As with Longhorn's default, which schedules no more to a disk than it can hold. Longhorn counts other replicas too.
const hasSpace = ({ status }: Node, size: string): boolean => {
  const disks = Object.values(status?.diskStatus ?? {});
  return disks.length === 0 || disks.some(({ storageMaximum }) => Number(size) <= storageMaximum);
};

/**
 * The nodes that can be scheduled and have the tags a volume selects, with a disk that has those for disks, and space. `problem`:
 * why there is none, as Longhorn says it: it takes no notice of nodes without the tags (replica_scheduler.go,
 * getDiskCandidates).
 */
export const placesFor = (
  { datastore, mutant }: ManagerContext,
  { spec }: Volume,
): { nodes: string[]; problem?: string } => {
  const { nodeSelector, diskSelector } = mutant === 'tags-ignored' ? {} : spec;
  const all = datastore.nodes.list();
  const possible = mutant === 'cordon-ignored' ? all : all.filter(isSchedulable);
  const tagged = possible.filter((node) => hasAll(node.spec.tags, nodeSelector ?? []));
  const fit = tagged.filter((node) =>
    Object.values(node.spec.disks).some(({ tags }) => hasAll(tags, diskSelector ?? [])),
  );
  const roomy = mutant === 'size-unchecked' ? fit : fit.filter((node) => hasSpace(node, spec.size));
  const nodes = roomy.map(({ metadata }) => metadata.name);
  if (nodes.length > 0) return { nodes };
  if (fit.length > 0) return { nodes, problem: 'precheck new replica failed: insufficient storage' };
  const isSaid = tagged.length > 0 || mutant === 'fixed:missing-node-tag-unsaid';
  const isNamed = isSaid && mutant !== 'missing-disk-tag-unsaid';
  return {
    nodes,
    problem: `precheck new replica failed: ${isNamed ? 'tags not fulfilled' : 'disks are unavailable'}`,
  };
};

/** Whether a volume that selects tags has fewer nodes than replicas. A node takes one of them, as by Longhorn's default. */
export const lacksNode = (context: ManagerContext, volume: Volume): boolean => {
  const { nodeSelector = [], diskSelector = [], numberOfReplicas } = volume.spec;
  const isTagged = nodeSelector.length + diskSelector.length > 0;
  return isTagged && placesFor(context, volume).nodes.length < numberOfReplicas;
};
