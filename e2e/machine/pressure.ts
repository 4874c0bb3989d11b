import { readFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';

/**
 * Reads how long tasks have waited for a processor since the machine started, in ms (Linux, `/proc/pressure/cpu`,
 * line `some`). Undefined if the kernel does not count it.
 */
export const readCpuStall = (path = '/proc/pressure/cpu'): number | undefined => {
  try {
    const [, total] = /^some .*\btotal=(\d+)/m.exec(readFileSync(path, 'utf8')) ?? [];
    return total === undefined ? undefined : Number(total) / 1000;
  } catch {
    return undefined;
  }
};

/**
 * The number of tasks that run or wait for a processor, divided by the number of processors (Linux, `/proc/loadavg`).
 * 0 on other systems.
 */
export const readRunQueue = (path = '/proc/loadavg'): number => {
  try {
    const [, running] = / (\d+)\/\d+ /.exec(readFileSync(path, 'utf8')) ?? [];
    // This process counts as running while it reads.
    return Math.max(0, Number(running ?? 0) - 1) / availableParallelism();
  } catch {
    return 0;
  }
};

/** The times of a processor since the machine started, in ms: idle, and in total. */
type CpuTimes = { idle: number; all: number };

const readCpuTimes = (): CpuTimes[] =>
  cpus().map(({ times }) => ({
    idle: times.idle,
    all: Object.values(times).reduce((sum, each) => sum + each, 0),
  }));

// A cluster of three nodes cannot use more: a node of the lab has one processor.
const busiest = 3;

/**
 * The idle share of the three busiest processors between two readings, 0 to 1. On a machine with many processors, the
 * others are not used by the cluster.
 */
export const idleBetween = (before: readonly CpuTimes[], after: readonly CpuTimes[]): number => {
  const shares = after.flatMap(({ idle, all }, index) => {
    const then = before[index];
    return then === undefined || all <= then.all ? [] : [(idle - then.idle) / (all - then.all)];
  });
  const those = shares.toSorted((one, other) => one - other).slice(0, busiest);
  return those.length === 0 ? 0 : those.reduce((sum, each) => sum + each, 0) / those.length;
};

/** How busy the machine was during a period. */
export type Pressure = {
  /** The share of time in which the three busiest processors were idle, 0 to 1. */
  idle: number;
  /** The share of time in which a task waited for a processor, 0 to 1. Undefined if the kernel does not count it. */
  stalled: number | undefined;
  /** The mean number of tasks that ran or waited, divided by the number of processors. */
  runQueue: number;
  /** How late timers of this process fired at most, in ms. */
  timerDelay: number;
};

/** Samples the machine's pressure. */
export type PressureMeter = {
  /** The pressure since the last call of `take`, or since the meter was opened. */
  take(): Pressure;
  close(): void;
};

const sampleEvery = 100;

/** Opens a meter with ten samples a second. It does not keep the process alive. */
export const openPressureMeter = (): PressureMeter => {
  let since = performance.now();
  let stall = readCpuStall();
  let times = readCpuTimes();
  let queue: number[] = [];
  let latest = 0;
  let due = since + sampleEvery;
  const sample = (): void => {
    const now = performance.now();
    latest = Math.max(latest, now - due);
    due = now + sampleEvery;
    queue.push(readRunQueue());
  };
  const timer = setInterval(sample, sampleEvery);
  timer.unref();
  return {
    take: () => {
      const now = performance.now();
      const [before, timesBefore] = [stall, times];
      stall = readCpuStall();
      times = readCpuTimes();
      const passed = Math.max(1, now - since);
      const pressure: Pressure = {
        idle: idleBetween(timesBefore, times),
        stalled:
          stall === undefined || before === undefined ? undefined : Math.min(1, (stall - before) / passed),
        runQueue:
          queue.length === 0 ? readRunQueue() : queue.reduce((sum, each) => sum + each, 0) / queue.length,
        timerDelay: Math.max(0, latest),
      };
      since = now;
      queue = [];
      latest = 0;
      return pressure;
    },
    close: () => clearInterval(timer),
  };
};
