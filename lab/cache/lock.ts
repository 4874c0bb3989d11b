import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { execa } from 'execa';
import { ownedCommand } from '../build/owned-command.ts';
import { buildSignal } from '../build/signal.ts';
import { locksDir } from './folders.ts';

/** A longer wait is reported with its reason. */
const REPORT_WAIT_AFTER_MS = 500;

const lockFile = async (dir: string): Promise<string> => {
  await mkdir(locksDir(), { recursive: true });
  return join(locksDir(), basename(dir));
};

type LockOptions = {
  /** A shared lock allows other shared locks. The default is an exclusive lock. */
  shared?: boolean;
  /** Called if another run holds the lock, before the wait. */
  onWait: () => void;
};

/**
 * Runs work under an artifact's lock, which excludes other runs. The kernel keeps the lock for a process of
 * util-linux's flock. That process ends with this one in any case, so a lock is never left behind.
 */
export const withLock = async <T>(
  dir: string,
  { shared = false, onWait }: LockOptions,
  work: () => Promise<T>,
): Promise<T> => {
  const words = [
    shared ? '--shared' : '--exclusive',
    '--no-fork',
    await lockFile(dir),
    'sh',
    '-c',
    'echo held; exec sleep infinity',
  ];
  const holder = ownedCommand('flock', words, { buffer: false, reject: false });
  const timer = setTimeout(onWait, REPORT_WAIT_AFTER_MS);
  try {
    const ended = await Promise.race([once(holder.stdout, 'data').then(() => undefined), holder]);
    buildSignal()?.throwIfAborted();
    if (ended) throw new Error(`${dir} could not be locked: ${ended.shortMessage}`);
    clearTimeout(timer);
    return await work();
  } finally {
    clearTimeout(timer);
    holder.stdin.end();
    await holder;
  }
};

/** Runs a command under an artifact's lock. Returns false if another run holds the lock or the command failed. */
export const runUnlessLocked = async (
  dir: string,
  command: string,
  args: readonly string[],
): Promise<boolean> => {
  const words = ['--exclusive', '--nonblock', '--no-fork', await lockFile(dir), command, ...args];
  return !(await execa('flock', words, { reject: false })).failed;
};

/** The lock that all runs share. It has no hash in its name, unlike the locks of artifacts. */
export const CACHE_USE_LOCK = 'in-use';

/** Runs work that uses artifacts of the cache before a lab exists. The cache is not pruned meanwhile. */
export const withSharedCache = <T>(work: () => Promise<T>): Promise<T> =>
  withLock(
    CACHE_USE_LOCK,
    {
      shared: true,
      onWait: () => process.stderr.write('lab: another run is pruning the cache: waiting for it\n'),
    },
    work,
  );

/** Runs work with the cache. The argument is true if no run uses artifacts now, or will until the work has ended. */
export const withExclusiveCache = async <T>(work: (alone: boolean) => Promise<T>): Promise<T> =>
  (await runUnlessLocked(CACHE_USE_LOCK, 'true', []))
    ? withLock(CACHE_USE_LOCK, { onWait: () => {} }, () => work(true))
    : work(false);
