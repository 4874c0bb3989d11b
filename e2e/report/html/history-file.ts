import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { redactAll } from '../../kube/redact/redact.ts';
import type { Report } from '../schema.ts';
import { writeWhole } from '../write-whole.ts';
import { type HistoryLine, parseHistory, toHistoryLine } from './history-line.ts';

/** How many runs a history keeps. */
const longest = 200;

/** A lock of this age was left by a run that died while it wrote. */
const deadMs = 30_000;

/** How long others' writing is waited for: it takes milliseconds, on a busy machine seconds, and a dead one's lock ends. */
const patienceMs = 2 * deadMs;

/**
 * The file with the last runs, for a folder of results: beside the folder where that is in .corral, which is
 * this project's own, and in the folder where it is anywhere else, since a run writes nothing outside the
 * folder that it was given.
 */
export const historyPath = (out: string): string => {
  const folder = resolve(out);
  const isOwn = basename(dirname(folder)) === '.corral';
  return join(isOwn ? dirname(folder) : folder, 'history.ndjson');
};

const absentAs = (text: string) => (error: NodeJS.ErrnoException) => {
  if (error.code === 'ENOENT') return text;
  throw error;
};

/** Reads the last runs, the oldest first; none where no run has written any. */
export const readRuns = async (out: string): Promise<HistoryLine[]> =>
  parseHistory(await readFile(historyPath(out), 'utf8').catch(absentAs('')));

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

/**
 * Adds a run to the last runs, of which it keeps 200: whole lines only, and none is lost where two runs end
 * at once.
 */
export const addRun = async (out: string, report: Report): Promise<void> => {
  const path = historyPath(out);
  const lock = `${path}.lock`;
  await takeLock(lock);
  try {
    const kept = (await readFile(path, 'utf8').catch(absentAs(''))).split('\n').filter((line) => line !== '');
    const lines = [...kept, JSON.stringify(redactAll(toHistoryLine(report)))].slice(-longest);
    await writeWhole(path, `${lines.join('\n')}\n`);
  } finally {
    await rm(lock, { force: true });
  }
};
