import { createHash } from 'node:crypto';
import { createReadStream, lstatSync, readdirSync, readlinkSync } from 'node:fs';
import { open, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { execa } from 'execa';

/** Sparse files are hashed in windows of this size, in bytes. Windows of zeros are skipped. */
const WINDOW = 2 ** 20;
const zeros = Buffer.alloc(WINDOW);

/** Whether a file has holes: it uses less space than its size. */
const isSparse = ({ size, blocks }: { size: number; blocks: number }): boolean => blocks * 512 < size;

/**
 * The windows of a file that contain data, in order. Node has no lseek with SEEK_DATA, but tar lists the
 * holes in the header of an archive, before any data.
 */
const dataWindows = async (path: string): Promise<number[]> => {
  const archive = [
    '--create',
    '--sparse',
    '--format=posix',
    '--sparse-version=0.1',
    '-C',
    dirname(path),
    '--',
    basename(path),
  ];
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
      for (let index = Math.floor(Number(start) / WINDOW); index * WINDOW < end; index += 1)
        windows.add(index);
    }
    return [...windows];
  }
  throw new Error(`tar did not say where ${path} has data`);
};

/** The SHA-256 of a file's content, as in `sha256sum`. */
const plainDigest = async (path: string): Promise<string> => {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: WINDOW }), hash);
  return hash.digest('hex');
};

/**
 * A digest of a sparse file's content, which does not depend on the position of its holes. A root image has
 * 24 GiB, with 1.5 GiB on disk.
 */
const sparseDigest = async (path: string): Promise<string> => {
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

/** One entry of an artifact: a folder, a symbolic link with its target, or a file with its size and digest. */
type Entry = {
  path: string;
  mode: string;
  target?: string;
  size?: number;
  sha256?: string;
  sparseSha256?: string;
};

/** The file in each artifact that lists its other files. It has the name that existing caches use. */
export const CONTENT_FILE = 'part.json';

/** The relative paths of all entries below a folder, sorted. */
export const listPaths = (dir: string, below = ''): string[] =>
  readdirSync(join(dir, below), { withFileTypes: true })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(below, entry.name);
      return entry.isDirectory() ? [path, ...listPaths(dir, path)] : [path];
    });

const describe = async (dir: string, path: string, as?: Entry): Promise<Entry> => {
  const full = join(dir, path);
  const found = lstatSync(full);
  const mode = found.mode.toString(8);
  if (found.isDirectory()) return { path, mode };
  if (found.isSymbolicLink()) return { path, mode, target: readlinkSync(full) };
  if (!found.isFile())
    throw new Error(`${full} is neither a file, a folder nor a link: a part holds nothing else`);
  const { size } = found;
  const sparse = as === undefined ? isSparse(found) : as.sparseSha256 !== undefined;
  return sparse
    ? { path, mode, size, sparseSha256: await sparseDigest(full) }
    : { path, mode, size, sha256: await plainDigest(full) };
};

/** Returns the entries of a folder as the lines of an artifact's `part.json`. */
export const describeContent = async (dir: string): Promise<string> => {
  const entries: Entry[] = [];
  for (const path of listPaths(dir)) if (path !== CONTENT_FILE) entries.push(await describe(dir, path));
  return `[\n${entries.map((entry) => JSON.stringify(entry)).join(',\n')}\n]\n`;
};

/**
 * Compares an artifact byte for byte with the list of its content. Returns the first difference, or undefined if
 * there is none.
 */
export const findContentProblem = async (dir: string): Promise<string | undefined> => {
  const there = new Set(listPaths(dir));
  if (!there.delete(CONTENT_FILE)) return 'it has no list of its content';
  const list = JSON.parse(await readFile(join(dir, CONTENT_FILE), 'utf8')) as Entry[];
  const entries = new Map(list.map((entry) => [entry.path, entry]));
  const foreign = [...there].find((path) => !entries.has(path));
  if (foreign !== undefined) return `${foreign} does not belong there`;
  for (const [path, entry] of entries) {
    if (!there.has(path)) return `${path} is missing`;
    if (JSON.stringify(await describe(dir, path, entry)) !== JSON.stringify(entry))
      return `${path} is not as it was built`;
  }
};
