import { createReadStream } from 'node:fs';
import { glob, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import { parseRecording, type Recording } from '../../history/recording.ts';
import { usageError } from '../exit-code.ts';

/** A history, and where it was found. */
export type Found = { path: string; recording: Recording };

const historyName = 'history.ndjson';

/** Reads the histories that a path names: a file, a bundle, or a folder with any number of them. Throws a CommandError of one line where there is none. */
export const readHistories = async (path: string): Promise<Found[]> => {
  const kind = await stat(path).catch(({ code }: NodeJS.ErrnoException) => {
    throw usageError(code === 'ENOENT' ? `there is no ${path}` : `${path} cannot be read: ${code}`);
  });
  if (kind.isDirectory()) return readFolder(path);
  if (/\.(tar\.gz|tgz)$/.test(path)) return readBundle(path);
  return [{ path, recording: parse(path, await readFile(path, 'utf8')) }];
};

// Other files of such lines lie about: the ledger of faults, Kubernetes' events, what is known of earlier runs.
const readFolder = async (folder: string): Promise<Found[]> => {
  const found: Found[] = [];
  for await (const path of glob('**/*.ndjson', { cwd: folder })) {
    const content = await readFile(join(folder, path), 'utf8');
    if (isRecording(content)) found.push({ path: join(folder, path), recording: parse(join(folder, path), content) });
  }
  if (found.length === 0) throw usageError(`${folder} holds no ${historyName} of a scenario, and no recording`);
  return found.toSorted((one, other) => (one.path < other.path ? -1 : 1));
};

const isRecording = (content: string): boolean => /^\s*\{"recording"/.test(content);

const readBundle = async (path: string): Promise<Found[]> => {
  const archive = extract();
  const found: Found[] = [];
  const read = async () => {
    for await (const entry of archive) {
      if (entry.header.name.endsWith(historyName)) found.push({ path, recording: parse(path, await text(entry)) });
      else entry.resume();
    }
  };
  await Promise.all([pipeline(createReadStream(path), createGunzip(), archive), read()]).catch((error: Error) => {
    throw usageError(`${path} is no bundle: ${error.message}`);
  });
  if (found.length === 0) throw usageError(`${path} is no bundle: it holds no ${historyName}`);
  return found;
};

const parse = (path: string, content: string): Recording => {
  try {
    return parseRecording(content);
  } catch (error) {
    throw usageError(`${path} is ${(error as Error).message}`);
  }
};
