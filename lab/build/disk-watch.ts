import { statfs } from 'node:fs/promises';

/** With fewer free bytes apt, a node and its kubelet wait for ever. */
const LEAST_FREE = 32 * 2 ** 20;
const CHECK_EVERY_MS = 500;

/**
 * Polls the free space of a folder's disk, because there is no event for it. The signal aborts with ENOSPC
 * when none is left.
 */
export const watchDisk = (folder: string): { signal: AbortSignal; stop: () => void } => {
  const full = new AbortController();
  const check = async () => {
    const { bavail, bsize } = await statfs(folder);
    const noSpace = Object.assign(new Error(`no space left on device under ${folder}`), { code: 'ENOSPC' });
    if (bavail * bsize < LEAST_FREE) full.abort(noSpace);
  };
  const timer = setInterval(() => void check().catch(() => {}), CHECK_EVERY_MS);
  return { signal: full.signal, stop: () => clearInterval(timer) };
};
