import { setTimeout as delay } from 'node:timers/promises';
import { allProcesses, type Process } from '../../e2e/machine/process-stat.ts';
import type { RunningNode } from './nodes.ts';

/** Returns the processes of a group, including zombies. */
export const processGroupMembers = async (group: number): Promise<Process[]> =>
  (await allProcesses()).filter((each) => each.group === group);

/**
 * Time until processes must have followed a signal that they cannot ignore. The lab's supervisor owns this time-out.
 */
const TIMEOUT_MS = 10_000;

/** The process group of a node's kernel. */
export const processGroupOf = (node: RunningNode): number => node.current().process.child.pid as number;

// A dead process. A stopped parent does not collect a child that ended just before, so the child stays in the list.
const isOver = (state: string): boolean => state === 'Z' || state === 'X';

/**
 * Returns the states of a process group's living members, as letters of proc(5): `T` is stopped. Empty if none is left.
 */
export const processGroupStates = async (group: number): Promise<string[]> =>
  (await processGroupMembers(group)).map(({ state }) => state).filter((state) => !isOver(state));

/** Waits until a group is in a state. Polls every 10 ms, because children of other processes have no event. */
export const waitForProcessGroup = async (
  group: number,
  isWanted: (states: readonly string[]) => boolean,
): Promise<void> => {
  const end = Date.now() + TIMEOUT_MS;
  while (!isWanted(await processGroupStates(group)) && Date.now() < end) await delay(10);
};
