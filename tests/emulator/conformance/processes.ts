import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { type ProcessStat, processStat } from '../../../e2e/machine/process-stat.ts';

// A process has no events to watch.
const period = 5;

// On Longhorn's clocks a back-off (1 min) and two resyncs (30 s each) can come before a process.
const longest = { milliseconds: 300_000, owner: 'twice a back-off and two resyncs, and a minute' };

const commandLine = (pid: string): string => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
};

// Synchronously. On a busy machine, a process that lives for a second could otherwise end between two reads, or between
// a read and the signal.
const find = (words: readonly string[]): number | undefined => {
  const found = readdirSync('/proc').find((pid) => {
    const line = /^\d+$/.test(pid) ? commandLine(pid) : '';
    return line !== '' && words.every((word) => line.includes(word));
  });
  return found === undefined ? undefined : Number(found);
};

/** Repeats a question until it has an answer, where there are no events to watch. */
export const within = async <T>(what: string, ask: () => Promise<T | undefined>): Promise<T> => {
  const deadline = Date.now() + longest.milliseconds;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > deadline)
      throw new Error(
        `timed out after ${longest.milliseconds / 1000} s (${longest.owner}): not seen that ${what}`,
      );
    await sleep(period);
  }
};

/** Waits for the process whose command line has all the words. Returns its id. */
export const processWith = (...words: string[]): Promise<number> =>
  within(`there is a process ${words.join(' ')}`, async () => find(words));

/** Waits for the process whose command line has all the words, and stops it at once. Returns its id. */
export const stopProcessWith = (...words: string[]): Promise<number> =>
  within(`there is a process ${words.join(' ')}`, async () => {
    const pid = find(words);
    try {
      return pid !== undefined && process.kill(pid, 'SIGSTOP') ? pid : undefined;
    } catch {
      // It has ended between the two.
      return undefined;
    }
  });

// A thread stops the process, because the event loop may be too late. If the event loop waited for it, the other
// scripts of this process would be late.
const slicing = `
  const { parentPort, workerData: { pid, period } } = require('node:worker_threads');
  const slice = new Int32Array(new SharedArrayBuffer(4));
  parentPort.on('message', () => {
    process.kill(pid, 'SIGCONT');
    Atomics.wait(slice, 0, 0, period);
    process.kill(pid, 'SIGSTOP');
    parentPort.postMessage('stopped');
  });
`;

/**
 * Lets a stopped process run for some milliseconds at a time until it has done something, and leaves it stopped. Throws
 * after 5 min, or if the process has ended.
 */
export const runInSlices = async (pid: number, what: string, isDone: () => boolean): Promise<void> => {
  const worker = new Worker(slicing, { eval: true, workerData: { pid, period } });
  try {
    await within(what, async () => {
      if (isDone()) return true;
      worker.postMessage('next');
      await once(worker, 'message');
      return undefined;
    });
  } finally {
    await worker.terminate();
  }
};

/** Waits until there is no such process. */
export const noProcessWith = async (...words: string[]): Promise<void> => {
  await within(`there is no process ${words.join(' ')}`, async () =>
    find(words) === undefined ? true : undefined,
  );
};

/** The id of the manager that started a running process: the leader of its process group. */
export const managerOf = async (pid: number): Promise<number> =>
  ((await processStat(pid)) as ProcessStat).group;

/** Stops a process while some work goes on. */
export const stoppedWhile = async (pid: number, work: () => Promise<unknown>): Promise<void> => {
  process.kill(pid, 'SIGSTOP');
  try {
    await work();
  } finally {
    process.kill(pid, 'SIGCONT');
  }
};
