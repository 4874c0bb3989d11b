import { readFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';

/**
 * Reads how long tasks of this machine have waited for a processor since it started, in ms (Linux,
 * `/proc/pressure/cpu`, line `some`). Undefined where the kernel does not count it.
 */
export const readCpuStall = (path = '/proc/pressure/cpu'): number | undefined => {
  try {
    const [, total] = /^some .*\btotal=(\d+)/m.exec(readFileSync(path, 'utf8')) ?? [];
    return total === undefined ? undefined : Number(total) / 1000;
  } catch {
    return undefined;
  }
};

/** Tasks that run or wait for a processor right now, for each processor (Linux, `/proc/loadavg`); 0 elsewhere. */
export const readRunQueue = (path = '/proc/loadavg'): number => {
  try {
    const [, running] = / (\d+)\/\d+ /.exec(readFileSync(path, 'utf8')) ?? [];
    // This process is one of them while it reads.
    return Math.max(0, Number(running ?? 0) - 1) / availableParallelism();
  } catch {
    return 0;
  }
};

/** What a processor has spent since the machine started, in ms: doing nothing, and altogether. */
type CpuTimes = { idle: number; all: number };

const readCpuTimes = (): CpuTimes[] =>
  cpus().map(({ times }) => ({
    idle: times.idle,
    all: Object.values(times).reduce((sum, each) => sum + each, 0),
  }));

// A cluster of three nodes cannot use more: the lab's are of one processor each.
const busiest = 3;

/**
 * Which share of the time between two readings the three busiest processors were idle, 0 to 1: on a machine
 * with many, the others say nothing of those that a cluster runs on.
 */
export const idleBetween = (before: readonly CpuTimes[], after: readonly CpuTimes[]): number => {
  const shares = after.flatMap(({ idle, all }, index) => {
    const then = before[index];
    return then === undefined || all <= then.all ? [] : [(idle - then.idle) / (all - then.all)];
  });
  const those = shares.toSorted((one, other) => one - other).slice(0, busiest);
  return those.length === 0 ? 0 : those.reduce((sum, each) => sum + each, 0) / those.length;
};

/** How busy the machine was in a stretch of time. */
export type Pressure = {
  /** Share of the time in which its three busiest processors had nothing to do, 0 to 1. */
  idle: number;
  /** Share of the time in which a task waited for a processor, 0 to 1; undefined where the kernel does not count it. */
  stalled: number | undefined;
  /** Tasks that ran or waited, for each processor: a mean of the samples. */
  runQueue: number;
  /** How late timers of this process fired, in ms: the largest of the samples. */
  timerDelay: number;
};

/** Samples the machine's pressure. */
export type PressureMeter = {
  /** Of the time since the last call of `take`, or since it was opened. */
  take(): Pressure;
  close(): void;
};

const sampleEvery = 100;

/** Opens a meter that samples ten times a second; it keeps no process alive. */
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
