import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

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

/** How busy the machine was in a stretch of time. */
export type Pressure = {
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

const sampleEvery = 500;

/** Opens a meter that samples twice a second; it keeps no process alive. */
export const openPressureMeter = (): PressureMeter => {
  let since = performance.now();
  let stall = readCpuStall();
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
      const before = stall;
      stall = readCpuStall();
      const passed = Math.max(1, now - since);
      const pressure: Pressure = {
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
