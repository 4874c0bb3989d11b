import { setTimeout as delay } from 'node:timers/promises';
import { allProcesses, type Process } from '../../e2e/machine/process-stat.ts';
import type { RunningNode } from './nodes.ts';

/** The processes of a group, the dead that nobody has collected among them. */
export const groupMembers = async (group: number): Promise<Process[]> =>
  (await allProcesses()).filter((each) => each.group === group);

/**
 * How long processes may take to follow a signal that they cannot refuse; the lab's supervisor owns this
 * time-out.
 */
const TIMEOUT_MS = 10_000;

/** The process group of a node's kernel. */
export const groupOf = (node: RunningNode): number => node.current().process.child.pid as number;

// Dead: a stopped parent does not collect a child that ended just before, and it stays in the list as long.
const isOver = (state: string): boolean => state === 'Z' || state === 'X';

/**
 * The states of a process group's living members, a letter each as in proc(5): `T` is stopped. Empty when
 * none is left.
 */
export const groupStates = async (group: number): Promise<string[]> =>
  (await groupMembers(group)).map(({ state }) => state).filter((state) => !isOver(state));

/**
 * Waits until a group is as it should be: its processes are others' children and have no event, so they are
 * looked at every 10 ms.
 */
export const untilGroup = async (
  group: number,
  isSo: (states: readonly string[]) => boolean,
): Promise<void> => {
  const end = Date.now() + TIMEOUT_MS;
  while (!isSo(await groupStates(group)) && Date.now() < end) await delay(10);
};
