import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { crc32, createGunzip } from 'node:zlib';
import { type Entry, fromBufferPromise, openPromise, type ZipFile } from 'yauzl';
import { storeName } from '../store/drivers/place.ts';
import { usageError } from './exit-code.ts';

/** A text that is being read. `bytesRead` returns how many bytes of `size` were read. */
type OpenText = { stream: NodeJS.ReadableStream; bytesRead: () => number };

/** An input text. `size` is that of the file or of the unpacked zip entry; a .gz file contains more. */
type TextInput = { name: string; size: number; open: () => OpenText };

const unpacked = (name: string, stream: Readable): NodeJS.ReadableStream => {
  if (!name.endsWith('.gz')) return stream;
  const gunzip = createGunzip();
  stream.on('error', (error) => gunzip.destroy(error));
  return stream.pipe(gunzip);
};

const fileInput = async (path: string): Promise<TextInput> => ({
  name: path,
  size: (await stat(path)).size,
  open: () => {
    const file = createReadStream(path);
    return { stream: unpacked(path, file), bytesRead: () => file.bytesRead };
  },
});

const brokenZip = (path: string, error: unknown): Error =>
  usageError(
    `${path} is no zip that can be read (${error instanceof Error ? error.message : error}): give a whole one, or the folder that it was unpacked to`,
  );

const entryInput = (path: string, zip: ZipFile, entry: Entry): TextInput => {
  let read = 0;
  const checked = async function* (): AsyncGenerator<Buffer> {
    let sum = 0;
    try {
      for await (const chunk of await zip.openReadStreamPromise(entry)) {
        read += chunk.length;
        sum = crc32(chunk, sum);
        yield chunk;
      }
      if (sum !== entry.crc32) throw new Error(`${entry.fileName} is not what was packed`);
    } catch (error) {
      throw brokenZip(path, error);
    }
  };
  return {
    name: entry.fileName,
    size: entry.uncompressedSize,
    open: () => ({
      stream: unpacked(entry.fileName, Readable.from(checked(), { objectMode: false })),
      bytesRead: () => read,
    }),
  };
};

// A support bundle contains another zip for each node.
const entryInputs = async (path: string, zip: ZipFile): Promise<TextInput[]> => {
  const inputs: TextInput[] = [];
  for await (const entry of zip.eachEntry()) {
    if (entry.fileName.endsWith('/')) continue;
    const input = entryInput(path, zip, entry);
    if (!entry.fileName.endsWith('.zip')) inputs.push(input);
    else
      inputs.push(...(await entryInputs(path, await fromBufferPromise(await buffer(input.open().stream)))));
  }
  return inputs;
};

const zipInputs = async (path: string): Promise<TextInput[]> => {
  await stat(path);
  try {
    return await entryInputs(path, await openPromise(path, { autoClose: false, lazyEntries: true }));
  } catch (error) {
    throw brokenZip(path, error);
  }
};

const isZip = (path: string): boolean => path.endsWith('.zip');

const isFolder = async (path: string): Promise<boolean> => (await stat(path)).isDirectory();

/** Whether a path can contain several texts: a folder or a zip. */
export const hasManyTexts = async (path: string): Promise<boolean> => isZip(path) || (await isFolder(path));

// What the suite itself wrote beside what Longhorn said, by a file that only such a folder has. It quotes and describes.
const writtenBySuite: Record<string, readonly string[]> = {
  'verdicts.ndjson': ['verdicts.ndjson', 'faults.ndjson', 'junit.xml', 'report.json'],
  'history.ndjson': [
    'README.txt',
    'report.json',
    'not-collected.txt',
    'store-fsck.json',
    'store-listing.txt',
  ],
};

/**
 * Whether a file of a folder is none of Longhorn: it repeats or describes what other files there say, or is the log of
 * the suite's own backup store.
 */
const isOfSuite = (file: string, all: ReadonlySet<string>): boolean =>
  // The page of a report quotes every message again, between its own code.
  file.endsWith('.html') ||
  (basename(file).startsWith(`${storeName}-`) && all.has(join(dirname(file), '..', 'history.ndjson'))) ||
  (file.endsWith('.tar.gz') && all.has(join(file.replace(/\.tar\.gz$/, ''), 'history.ndjson'))) ||
  Object.entries(writtenBySuite).some(
    ([beside, names]) => names.includes(basename(file)) && all.has(join(dirname(file), beside)),
  );

/** The texts of a file (plain or gzip), of all files in a folder, or of a zip. */
export const textsIn = async (path: string): Promise<TextInput[]> => {
  if (!(await isFolder(path))) return isZip(path) ? zipInputs(path) : [await fileInput(path)];
  const all = (await readdir(path, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const there = new Set(all);
  const files = all.filter((file) => !isOfSuite(file, there)).toSorted();
  return (
    await Promise.all(
      files.map((file) => (isZip(file) ? zipInputs(file) : fileInput(file).then((input) => [input]))),
    )
  ).flat();
};
