import type { Parsed } from '../format/config.ts';
import { type StoreEntry, type StoreSource, Unreadable } from '../format/source.ts';
import type { FindingCode } from './findings.ts';

/** The largest sizes of files that are read, in bytes. A backup of 5 TiB in blocks of 2 MiB has a config of 256 MiB. */
export const sizeLimits = {
  backup: 256 << 20,
  volume: 4 << 20,
  lock: 64 << 10,
  systemBackup: 64 << 10,
  archive: 256 << 20,
} as const;

/** How to read a kind of file. `what` is its name in sentences. */
type Reading<T> = { parse: (bytes: Buffer) => Parsed<T>; limit: number; what: string };

/** The content of a file, or why there is none. */
type ConfigOrProblem<T> =
  | { config: T; problem?: never }
  | { config?: never; problem: { code: FindingCode; message: string } };

/** Reads and parses a file of the store. Invalid content is returned as a problem. */
export const readConfig = async <T>(
  source: StoreSource,
  entry: StoreEntry,
  { parse, limit, what }: Reading<T>,
): Promise<ConfigOrProblem<T>> => {
  const fails = (code: FindingCode, how: string): ConfigOrProblem<T> => ({
    problem: { code, message: `${what} ${how}` },
  });
  if (entry.size > limit) return fails('config-too-large', `is too large to be one: ${entry.size} bytes`);
  try {
    const { config, problem } = parse(await source.read(entry.path, limit));
    return problem ? fails(problem.code, problem.message) : { config };
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    if (error.gone) return fails('changed-meanwhile', 'went away while the store was being read');
    return fails('file-unreadable', `cannot be read: ${error.message}`);
  }
};
