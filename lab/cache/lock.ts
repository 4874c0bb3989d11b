import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { execa } from 'execa';
import { ownedCommand } from '../build/owned-command.ts';
import { buildSignal } from '../build/signal.ts';
import { locksDir } from './folders.ts';

/** To who has to wait longer than this it is said why. */
const TOLD_AFTER_MS = 500;

const lockFile = async (dir: string): Promise<string> => {
  await mkdir(locksDir(), { recursive: true });
  return join(locksDir(), basename(dir));
};

type LockOptions = {
  /** Several may have it shared at once, nobody beside one that has it exclusively (the default). */
  shared?: boolean;
  /** Called when another run has it, before it is waited for. */
  waits: () => void;
};

/**
 * Does work on a part that no other run may do at the same time.
 *
 * The kernel keeps the lock for a process of util-linux's flock, which ends with this one whatever the
 * reason: a lock is never left behind.
 */
export const withLock = async <T>(
  dir: string,
  { shared = false, waits }: LockOptions,
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
  const timer = setTimeout(waits, TOLD_AFTER_MS);
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

/** Does what a command does, unless another run has the part locked. */
export const unlessLocked = async (
  dir: string,
  command: string,
  args: readonly string[],
): Promise<boolean> => {
  const words = ['--exclusive', '--nonblock', '--no-fork', await lockFile(dir), command, ...args];
  return !(await execa('flock', words, { reject: false })).failed;
};

/** What all runs lock together; it has no hash, unlike the locks of parts. */
export const USE_LOCK = 'in-use';

/**
 * Does work that takes parts from the cache and has them in no lab yet: the cache is not pruned meanwhile.
 */
export const usingCache = <T>(work: () => Promise<T>): Promise<T> =>
  withLock(
    USE_LOCK,
    {
      shared: true,
      waits: () => process.stderr.write('lab: another run is pruning the cache: waiting for it\n'),
    },
    work,
  );

/** Does work with the cache; it gets whether no run uses parts now, and none will until it has ended. */
export const withCacheAlone = async <T>(work: (alone: boolean) => Promise<T>): Promise<T> =>
  (await unlessLocked(USE_LOCK, 'true', []))
    ? withLock(USE_LOCK, { waits: () => {} }, () => work(true))
    : work(false);
