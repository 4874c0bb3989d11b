import type { Fault, InjectedFault } from '../../../faults/fault.ts';
import { nodeCrashed } from '../../../faults/lab-faults.ts';
import { noteNode } from '../../../faults/returning-node.ts';
import type { Context } from '../context.ts';
import type { TargetHandle } from '../handles.ts';
import { InconclusiveError } from '../judging.ts';

/** A node without power. */
export type CrashedNode = InjectedFault & { node: string };

/**
 * Returns the fault that the first of these nodes without the server of the store loses its power. Longhorn has lost
 * nothing else then than what was on that node.
 */
export const crashOf = async (
  { cluster, lab, expected }: Pick<Context, 'cluster' | 'lab' | 'expected'>,
  { name: of, store }: TargetHandle,
  nodes: readonly string[],
): Promise<Fault<{ node: string }>> => {
  const node = nodes.find((each) => each !== store.node);
  if (node === undefined)
    throw new InconclusiveError(`only ${store.node} could lose its power: it has the store too`);
  if (lab === undefined) throw new Error('a node can lose its power in the lab alone');
  // The cluster's DNS server may have been on the node.
  expected.push({ id: 'target-not-mounted', of }, { id: 'target-not-listed', of });
  const fault = nodeCrashed({ lab, node, returning: await noteNode(cluster, node) });
  return { ...fault, handle: { node } };
};
