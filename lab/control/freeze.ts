import type { RunningNode } from '../run/nodes.ts';
import { processGroupOf, processGroupStates, waitForProcessGroup } from '../run/process-group.ts';
import { ensureCondition, type ReadLabCondition } from './condition.ts';
import { findRequestedNode, type LabAction } from './context.ts';
import { readPowerCondition, undoUnlessDown } from './power.ts';

// `t` is a process that its tracer stopped.
const isStopped = (state: string): boolean => state === 'T' || state === 't';
const areStopped = (states: readonly string[]): boolean => states.includes('T') && states.every(isStopped);

// A kernel that traces its processes (the lab's fallback without seccomp) stops them while it is stopped
// itself. It cannot handle a signal from another process to one of them. So only the kernel gets the signal.
const signalNode = (node: RunningNode, signal: 'SIGSTOP' | 'SIGCONT'): void => {
  const { child, signal: describeAll } = node.current().process;
  if (child.spawnargs.includes('seccomp=on')) describeAll(signal);
  else child.kill(signal);
};

/** Whether a node's kernel is stopped. A node that is down does not count. */
export const readFreezeCondition: ReadLabCondition = async (_, node) => {
  const states = await processGroupStates(processGroupOf(node));
  const stopped = states.filter(isStopped).length;
  return areStopped(states)
    ? { faulty: true, text: `${node.name} is frozen: all ${stopped} processes of its kernel are stopped` }
    : { faulty: false, text: `${node.name} is not frozen: its kernel runs, in ${states.length} processes` };
};

/** Stops a node: it does nothing and answers nothing, but its network connections stay open. */
export const freezeNode: LabAction = async (context, request) => {
  const node = findRequestedNode(context, request);
  const power = await readPowerCondition(context, node);
  if (power.faulty) throw new Error(`${power.text}; start it first`);
  return ensureCondition({
    read: () => readFreezeCondition(context, node),
    isWanted: ({ faulty }) => faulty,
    act: async () => {
      signalNode(node, 'SIGSTOP');
      await waitForProcessGroup(processGroupOf(node), areStopped);
    },
  }).catch((error: unknown) => {
    // A node that is only partly stopped is not reported as frozen, so it would never be thawed.
    signalNode(node, 'SIGCONT');
    throw error;
  });
};

/** Continues a frozen node. Its clock is the host's, so it notices the time that has passed. */
export const thawNode: LabAction = async (context, request) => {
  const node = findRequestedNode(context, request);
  return undoUnlessDown(context, node, () =>
    ensureCondition({
      read: () => readFreezeCondition(context, node),
      isWanted: ({ faulty }) => !faulty,
      act: async () => {
        signalNode(node, 'SIGCONT');
        await waitForProcessGroup(processGroupOf(node), (states) => !areStopped(states));
      },
    }),
  );
};
