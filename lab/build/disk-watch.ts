import { statfs } from 'node:fs/promises';

/**
 * With less than this left nothing that writes there can end well: apt, a node and its kubelet wait for ever
 * then.
 */
const LEAST_FREE = 32 * 2 ** 20;
const CHECK_EVERY_MS = 500;

/**
 * Watches the room on a folder's disk, which no event reports; the signal aborts with an ENOSPC when there is
 * none left.
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
