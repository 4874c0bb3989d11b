import { readFileSync } from 'node:fs';
import { execa } from 'execa';
import { allowedCpus } from './allowed-cpus.ts';
import { groupMembers } from './process-group.ts';

/** What a CPU has spent, in ticks since the machine's start: doing nothing, and altogether. */
type CpuTimes = { idle: number; all: number };

/**
 * The times of each CPU in a text as /proc/stat is one (proc(5): user, nice, system, idle, iowait, irq,
 * softirq, steal, ...).
 */
export const parseCpuTimes = (text: string): Map<number, CpuTimes> =>
  new Map(
    [...text.matchAll(/^cpu(\d+) (.*)$/gm)].map(([, cpu, rest = '']) => {
      // What guests take is within user and nice already.
      const ticks = rest.trim().split(' ').slice(0, 8).map(Number);
      return [
        Number(cpu),
        { idle: (ticks[3] ?? 0) + (ticks[4] ?? 0), all: ticks.reduce((sum, each) => sum + each, 0) },
      ];
    }),
  );

/** The times of this machine's CPUs now. */
export const readCpuTimes = (): Map<number, CpuTimes> => parseCpuTimes(readFileSync('/proc/stat', 'utf8'));

/**
 * Which part of the time between two readings each CPU was idle, from 0 to 1; one that did not tick is left
 * out.
 */
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

/**
 * How often the CPUs are looked at: often enough for nodes to take turns, seldom enough for a turn to cost
 * nothing beside it.
 */
const EVERY_MS = 500;

/** A CPU that is idle for less of the time is short; one that is for more has something to give. */
const SHORT = 0.05;
const TO_SPARE = 0.15;

/**
 * The process group of a node's kernel, the CPU that it is pinned to (undefined: it is gone), and when it was
 * last moved (0: never).
 */
type PlacedNode = { group: number; cpu: number | undefined; moved: number };

/**
 * Which node is to go to which CPU, if any: where several share one that is short and another has time to
 * spare, the one that has been there for longest. A node alone on a CPU has nothing to gain: what is not
 * pinned makes room by itself.
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

/** Moves all processes of a group to one CPU; one that ends meanwhile is let go. */
export const moveGroup = async (group: number, cpu: number): Promise<void> => {
  const pinEach =
    'cpu=$1; shift; for pid; do taskset --all-tasks --cpu-list --pid "$cpu" "$pid"; done >/dev/null 2>&1; true';
  const pinAll = (pids: readonly number[]) =>
    execa('sh', ['-c', pinEach, 'sh', String(cpu), ...pids.map(String)]);
  // Its leader first: what that starts from then on is there by itself.
  await pinAll([group]);
  await pinAll((await groupMembers(group)).map(({ pid }) => pid).filter((pid) => pid !== group));
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
 * Keeps the load of pinned nodes even from now on, where there are more nodes than CPUs: else two of three
 * nodes on two CPUs share one, which is short of time while the other is idle for a third of it (measured,
 * six scenarios at once).
 */
export const spreadNodes = (groups: () => readonly number[]): void => {
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
    await moveGroup(move.node.group, move.to);
    moved.set(move.node.group, performance.now());
  };
  setInterval(async () => {
    if (moving) return;
    moving = true;
    // A node that could not be moved is as slow as before, no more.
    await rebalance().catch(() => {});
    moving = false;
  }, EVERY_MS).unref();
};
