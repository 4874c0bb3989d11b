import { readFileSync } from 'node:fs';
import { execa } from 'execa';
import { allowedCpus } from './allowed-cpus.ts';
import { processGroupMembers } from './process-group.ts';

/** The idle time and the total time of a CPU, in ticks since the machine's start. */
type CpuTimes = { idle: number; all: number };

/**
 * Parses the times of each CPU from the content of /proc/stat (proc(5): user, nice, system, idle, iowait,
 * irq, softirq, steal, ...).
 */
export const parseCpuTimes = (text: string): Map<number, CpuTimes> =>
  new Map(
    [...text.matchAll(/^cpu(\d+) (.*)$/gm)].map(([, cpu, rest = '']) => {
      // The time of guests is already in user and nice.
      const ticks = rest.trim().split(' ').slice(0, 8).map(Number);
      return [
        Number(cpu),
        { idle: (ticks[3] ?? 0) + (ticks[4] ?? 0), all: ticks.reduce((sum, each) => sum + each, 0) },
      ];
    }),
  );

/** The present times of this machine's CPUs. */
export const readCpuTimes = (): Map<number, CpuTimes> => parseCpuTimes(readFileSync('/proc/stat', 'utf8'));

/** The idle share of each CPU between two readings, from 0 to 1. A CPU without ticks is left out. */
export const idleByCpu = (
  before: ReadonlyMap<number, CpuTimes>,
  after: ReadonlyMap<number, CpuTimes>,
): Map<number, number> =>
  new Map(
    [...after].flatMap(([cpu, { idle, all }]) => {
      const then = before.get(cpu);
      return then === undefined || all <= then.all ? [] : [[cpu, (idle - then.idle) / (all - then.all)]];
    }),
  );

/** Interval of the checks: often enough for nodes to take turns, rare enough for the cost of a move not to matter. */
const EVERY_MS = 500;

/** A CPU with a smaller idle share is overloaded. One with a larger share than TO_SPARE has spare time. */
const SHORT = 0.05;
const TO_SPARE = 0.15;

/**
 * The process group of a node's kernel, its CPU (undefined if the process has ended), and when it was last
 * moved (0: never).
 */
type PlacedNode = { group: number; cpu: number | undefined; moved: number };

/**
 * Chooses the node to move and its new CPU, if any. If several nodes share an overloaded CPU and another CPU
 * has spare time, it is the node that has been there longest. A node alone on a CPU gains nothing: processes
 * that are not pinned move away.
 */
export const chooseMove = (
  idle: ReadonlyMap<number, number>,
  nodes: readonly PlacedNode[],
): { node: PlacedNode; to: number } | undefined => {
  const [short, ...others] = [...idle].toSorted(([, one], [, other]) => one - other);
  const spare = others.at(-1);
  if (short === undefined || spare === undefined || short[1] > SHORT || spare[1] < TO_SPARE) return undefined;
  const sharing = nodes
    .filter(({ cpu }) => cpu === short[0])
    .toSorted((one, other) => one.moved - other.moved);
  const [node] = sharing;
  return node === undefined || sharing.length < 2 ? undefined : { node, to: spare[0] };
};

/** Moves all processes of a group to one CPU. Ignores processes that end meanwhile. */
export const pinProcessGroup = async (group: number, cpu: number): Promise<void> => {
  const pinEach =
    'cpu=$1; shift; for pid; do taskset --all-tasks --cpu-list --pid "$cpu" "$pid"; done >/dev/null 2>&1; true';
  const pinAll = (pids: readonly number[]) =>
    execa('sh', ['-c', pinEach, 'sh', String(cpu), ...pids.map(String)]);
  // Its leader first, so that its new children start on the new CPU.
  await pinAll([group]);
  await pinAll((await processGroupMembers(group)).map(({ pid }) => pid).filter((pid) => pid !== group));
};

const pinnedTo = (group: number): number | undefined => {
  try {
    const [cpu] = allowedCpus(group);
    return cpu;
  } catch {
    return undefined;
  }
};

/**
 * Balances the load of pinned nodes from now on, if there are more nodes than CPUs. Otherwise two of three
 * nodes on two CPUs share one that is overloaded, while the other is idle for a third of the time (measured
 * with six scenarios at once).
 */
export const balanceNodes = (groups: () => readonly number[]): void => {
  const cpus = allowedCpus();
  if (cpus.length < 2 || groups().length <= cpus.length) return;
  const moved = new Map<number, number>();
  let before = readCpuTimes();
  let moving = false;
  const rebalance = async (): Promise<void> => {
    const now = readCpuTimes();
    const idle = new Map([...idleByCpu(before, now)].filter(([cpu]) => cpus.includes(cpu)));
    before = now;
    const move = chooseMove(
      idle,
      groups().map((group) => ({ group, cpu: pinnedTo(group), moved: moved.get(group) ?? 0 })),
    );
    if (move === undefined) return;
    await pinProcessGroup(move.node.group, move.to);
    moved.set(move.node.group, performance.now());
  };
  setInterval(async () => {
    if (moving) return;
    moving = true;
    // A node that could not be moved is as slow as before.
    await rebalance().catch(() => {});
    moving = false;
  }, EVERY_MS).unref();
};
