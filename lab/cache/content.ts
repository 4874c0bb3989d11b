import { lstatSync, readdirSync, readlinkSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isSparse, plainDigest, sparseDigest } from './digest.ts';

/** One thing in a part: a folder, a symbolic link with its target, or a file with its size and digest. */
type Entry = { path: string; mode: string; target?: string; size?: number; sha256?: string; sparseSha256?: string };

/** The file in each part that lists everything else in it. */
export const CONTENT_FILE = 'part.json';

/** The paths of all that lies in a folder, sorted, from that folder. */
export const pathsIn = (dir: string, below = ''): string[] =>
  readdirSync(join(dir, below), { withFileTypes: true })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(below, entry.name);
      return entry.isDirectory() ? [path, ...pathsIn(dir, path)] : [path];
    });

const describe = async (dir: string, path: string, as?: Entry): Promise<Entry> => {
  const full = join(dir, path);
  const found = lstatSync(full);
  const mode = found.mode.toString(8);
  if (found.isDirectory()) return { path, mode };
  if (found.isSymbolicLink()) return { path, mode, target: readlinkSync(full) };
  if (!found.isFile()) throw new Error(`${full} is neither a file, a folder nor a link: a part holds nothing else`);
  const { size } = found;
  const sparse = as === undefined ? isSparse(found) : as.sparseSha256 !== undefined;
  return sparse ? { path, mode, size, sparseSha256: await sparseDigest(full) } : { path, mode, size, sha256: await plainDigest(full) };
};

/** Lists what lies in a folder, as the lines of a part's `part.json`. */
export const describeContent = async (dir: string): Promise<string> => {
  const entries: Entry[] = [];
  for (const path of pathsIn(dir)) if (path !== CONTENT_FILE) entries.push(await describe(dir, path));
  return `[\n${entries.map((entry) => JSON.stringify(entry)).join(',\n')}\n]\n`;
};

/** Compares a part with the list of its content, byte for byte; returns what is wrong first, or undefined when all is as it was built. */
export const contentTrouble = async (dir: string): Promise<string | undefined> => {
  const there = new Set(pathsIn(dir));
  if (!there.delete(CONTENT_FILE)) return 'it has no list of its content';
  const list = JSON.parse(await readFile(join(dir, CONTENT_FILE), 'utf8')) as Entry[];
  const entries = new Map(list.map((entry) => [entry.path, entry]));
  const foreign = [...there].find((path) => !entries.has(path));
  if (foreign !== undefined) return `${foreign} does not belong there`;
  for (const [path, entry] of entries) {
    if (!there.has(path)) return `${path} is missing`;
    if (JSON.stringify(await describe(dir, path, entry)) !== JSON.stringify(entry)) return `${path} is not as it was built`;
  }
};
