import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { redactAll } from '../../kube/redact/redact.ts';
import type { Report } from '../schema.ts';
import { writeAtomically } from '../write-atomically.ts';
import { type HistoryLine, parseHistory, toHistoryLine } from './history-line.ts';

/** The maximum number of runs in the history. */
const longest = 200;

/** A lock of this age is stale: its run died while it wrote. */
const deadMs = 30_000;

/**
 * The maximum wait for the lock. A write takes milliseconds, or seconds on a busy machine, and a stale lock is removed.
 */
const patienceMs = 2 * deadMs;

/**
 * The path of the history of runs for a folder of results. If that folder is in .corral (the project's own folder), the
 * file is beside it. Otherwise it is in the folder, because a run writes nothing outside of the folder given to it.
 */
export const historyPath = (out: string): string => {
  const folder = resolve(out);
  const isOwn = basename(dirname(folder)) === '.corral';
  return join(isOwn ? dirname(folder) : folder, 'history.ndjson');
};

const emptyIfAbsent = (error: NodeJS.ErrnoException): string => {
  if (error.code === 'ENOENT') return '';
  throw error;
};

/** Reads the history of runs, the oldest run first. Empty if there is no file. */
export const readRuns = async (out: string): Promise<HistoryLine[]> =>
  parseHistory(await readFile(historyPath(out), 'utf8').catch(emptyIfAbsent));

const takeLock = async (lock: string): Promise<void> => {
  const until = Date.now() + patienceMs;
  for (;;) {
    try {
      return await writeFile(lock, `${process.pid}\n`, { flag: 'wx' });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const left = await stat(lock).catch(() => undefined);
      if (left !== undefined && Date.now() - left.mtimeMs > deadMs) await rm(lock, { force: true });
      else if (Date.now() > until) throw new Error(`another run holds ${lock}`);
      else await setTimeout(20);
    }
  }
};

/** Adds a run to the history and keeps the last 200. A lock prevents that runs that end at the same time lose lines. */
export const addRun = async (out: string, report: Report): Promise<void> => {
  const path = historyPath(out);
  const lock = `${path}.lock`;
  await takeLock(lock);
  try {
    const kept = (await readFile(path, 'utf8').catch(emptyIfAbsent))
      .split('\n')
      .filter((line) => line !== '');
    const lines = [...kept, JSON.stringify(redactAll(toHistoryLine(report)))].slice(-longest);
    await writeAtomically(path, `${lines.join('\n')}\n`);
  } finally {
    await rm(lock, { force: true });
  }
};
