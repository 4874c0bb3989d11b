import { once } from 'node:events';
import type { RunningNode } from '../run/nodes.ts';
import { processGroupOf, processGroupStates, waitForProcessGroup } from '../run/process-group.ts';
import { ensureCondition, type LabCondition, type ReadLabCondition } from './condition.ts';
import { findRequestedNode, type LabAction, type LabContext } from './context.ts';

/**
 * Time-out of a node's boot until it takes commands. The lab's supervisor owns it. A boot took 1.5 s on two idle cores.
 */
const TIMEOUT_MS = 3 * 60_000;

/** Whether a node's kernel runs. */
export const readPowerCondition: ReadLabCondition = async (_, node) => {
  const states = await processGroupStates(processGroupOf(node));
  return states.length === 0
    ? { faulty: true, text: `${node.name} is down: none of its kernel's processes is left` }
    : { faulty: false, text: `${node.name} is up: its kernel runs, in ${states.length} processes` };
};

/** Undoes a change inside a node. A node that is down has lost the change with its kernel. */
export const undoUnlessDown = async (
  context: LabContext,
  node: RunningNode,
  undo: () => Promise<LabCondition>,
): Promise<LabCondition> => {
  const power = await readPowerCondition(context, node);
  return power.faulty
    ? { faulty: false, text: `${power.text}, and what was done in it went with them` }
    : undo();
};

/** Ends a node like a power failure: unwritten data are lost, its disks stay. */
export const crashNode: LabAction = async (context, request) => {
  const node = findRequestedNode(context, request);
  return ensureCondition({
    read: () => readPowerCondition(context, node),
    isWanted: ({ faulty }) => faulty,
    act: async () => {
      await node.crash();
      await waitForProcessGroup(processGroupOf(node), (states) => states.length === 0);
    },
  });
};

/** Boots a node that is down from its disks, and waits until it takes commands. */
export const startNode: LabAction = async (context, request) => {
  const node = findRequestedNode(context, request);
  return ensureCondition({
    read: () => readPowerCondition(context, node),
    isWanted: ({ faulty }) => !faulty,
    act: async () => {
      const from = performance.now();
      node.boot();
      const late = AbortSignal.timeout(TIMEOUT_MS);
      const tooLate = once(late, 'abort').then(() => {
        throw new Error(
          `${node.name} did not take commands within ${TIMEOUT_MS / 1000} s of its start (the lab's time-out for a boot)`,
        );
      });
      await Promise.race([node.current().agent.ready, tooLate]);
      return `it took commands ${((performance.now() - from) / 1000).toFixed(1)} s after its start`;
    },
  });
};
