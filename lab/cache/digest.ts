import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { execa } from 'execa';

/** A sparse file is hashed in windows of this size; one that is all zeros is left out. */
const WINDOW = 2 ** 20;
const zeros = Buffer.alloc(WINDOW);

/** Whether a file has holes: less room is taken by it than its size says. */
export const isSparse = ({ size, blocks }: { size: number; blocks: number }): boolean => blocks * 512 < size;

/**
 * The windows of a file that have data in them, in order.
 *
 * Node cannot ask for holes (lseek with SEEK_DATA), tar does: it tells them in the header of an archive, before any data.
 */
const dataWindows = async (path: string): Promise<number[]> => {
  const archive = ['--create', '--sparse', '--format=posix', '--sparse-version=0.1', '-C', dirname(path), '--', basename(path)];
  const tar = execa('tar', archive, { buffer: false, reject: false, stdin: 'ignore', stderr: 'ignore' });
  let header = '';
  for await (const chunk of tar.iterable({ from: 'stdout', binary: true })) {
    header += Buffer.from(chunk).toString('latin1');
    const map = /GNU\.sparse\.map=([\d,]*)\n/.exec(header)?.[1];
    if (map === undefined && header.length < WINDOW) continue;
    tar.kill('SIGKILL');
    if (map === undefined) break;
    const windows = new Set<number>();
    for (const [, start, length] of map.matchAll(/(\d+),(\d+)/g)) {
      const end = Number(start) + Number(length);
      for (let index = Math.floor(Number(start) / WINDOW); index * WINDOW < end; index += 1) windows.add(index);
    }
    return [...windows];
  }
  throw new Error(`tar did not say where ${path} has data`);
};

/** The SHA-256 of what a file holds, as `sha256sum` has it. */
export const plainDigest = async (path: string): Promise<string> => {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: WINDOW }), hash);
  return hash.digest('hex');
};

/** A digest of what a file with holes holds, the same wherever its holes are: a root image has 24 GiB, of that 1.5 on disk. */
export const sparseDigest = async (path: string): Promise<string> => {
  const found = await stat(path);
  const all = Array.from({ length: Math.ceil(found.size / WINDOW) }, (_, index) => index);
  const windows = isSparse(found) ? await dataWindows(path) : all;
  const hash = createHash('sha256').update(`${found.size}\n`);
  const file = await open(path);
  try {
    const buffer = Buffer.allocUnsafe(WINDOW);
    for (const index of windows) {
      const { bytesRead } = await file.read(buffer, 0, WINDOW, index * WINDOW);
      const data = buffer.subarray(0, bytesRead);
      if (!data.equals(zeros.subarray(0, bytesRead))) hash.update(`${index}\n`).update(data);
    }
  } finally {
    await file.close();
  }
  return hash.digest('hex');
};
