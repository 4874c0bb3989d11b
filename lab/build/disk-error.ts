import { statfs } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { PreconditionError } from '../../e2e/machine/precondition-error.ts';
import { buildSignal } from './signal.ts';

const NO_SPACE = /ENOSPC|no space left on device/i;
const NO_QUOTA = /EDQUOT|disk quota exceeded/i;
const READ_ONLY = /EROFS|read-only file system/i;

const textOf = (error: unknown): string =>
  error instanceof Error ? `${(error as NodeJS.ErrnoException).code} ${error.message}` : '';

/** Whether the disk caused an error, of this process, of a command, or of a kernel that booted from it. */
export const isDiskError = (error: unknown): boolean =>
  [NO_SPACE, NO_QUOTA, READ_ONLY].some((pattern) => pattern.test(textOf(error)));

/** A file system with fewer free bytes counts as full. */
const FULL_BELOW = 64 * 2 ** 20;

const isFull = async (folder: string): Promise<boolean> => {
  const { bavail, bsize } = await statfs(folder).catch(() => ({
    bavail: Number.POSITIVE_INFINITY,
    bsize: 1,
  }));
  return bavail * bsize < FULL_BELOW;
};

/**
 * Converts an error caused by the disk to PreconditionError. Returns other errors unchanged. `doing` is the activity,
 * such as `building the kernel`, and `folder` is where it writes.
 */
export const explainDisk = async (
  error: unknown,
  { doing, folder }: { doing: string; folder: string },
): Promise<unknown> => {
  if (error instanceof PreconditionError || error === buildSignal()?.reason) return error;
  // Some programs do not report a full disk: tar only reports a short write.
  if (!isDiskError(error) && !(await isFull(folder))) return error;
  const text = textOf(error);
  const elsewhere = 'set XDG_CACHE_HOME to a folder on another disk';
  if (NO_QUOTA.test(text))
    return new PreconditionError({
      code: 'disk-quota',
      what: `this user's disk quota ended while ${doing}`,
      remedy: `free some under ${folder}, or ${elsewhere}`,
    });
  if (READ_ONLY.test(text))
    return new PreconditionError({
      code: 'disk-read-only',
      what: `the file system of ${folder} is read-only, met while ${doing}`,
      remedy: elsewhere,
    });
  // Go also writes files elsewhere.
  const candidates = [folder, tmpdir(), homedir()];
  const full = (await Promise.all(candidates.map(isFull))).indexOf(true);
  return new PreconditionError({
    code: 'disk-full',
    what: `no space was left under ${candidates[Math.max(full, 0)]} while ${doing}`,
    remedy: `have 10 GiB free there, or ${elsewhere}`,
  });
};
