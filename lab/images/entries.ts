import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { buildSignal } from '../build/signal.ts';
import {
  type Compression,
  compressionOf,
  decompressor,
  explainDecompression,
  unreadCompression,
} from './compression.ts';
import { Damaged } from './documents.ts';
import { archiveName, filesOf, type Source } from './source.ts';
import { type ArchiveEntry, readTar } from './tar.ts';

/** The bytes of a file, in big pieces; ends with the build that they are read for. */
const read = async function* (path: string, onBytes: (bytes: number) => void): AsyncGenerator<Buffer> {
  for await (const piece of createReadStream(path, { highWaterMark: 2 ** 20 })) {
    buildSignal()?.throwIfAborted();
    onBytes(piece.length);
    yield piece;
  }
};

const decompressed = async function* (
  bytes: AsyncIterable<Buffer>,
  compression: Compression,
): AsyncGenerator<Buffer> {
  const plain = decompressor(compression);
  const feeding = pipeline(bytes, plain).catch(() => {});
  try {
    for await (const piece of plain) yield piece;
  } catch (error) {
    const damage = explainDecompression(compression, error);
    throw damage === undefined ? error : new Damaged(damage, { cause: error });
  } finally {
    plain.destroy();
    await feeding;
  }
};

/** What is in an archive, whether it is compressed or not. */
export const archiveEntries = async function* (
  bytes: AsyncIterable<Buffer>,
  onCut: () => void,
): AsyncGenerator<ArchiveEntry> {
  const pieces = bytes[Symbol.asyncIterator]();
  const { value: first = Buffer.alloc(0) } = await pieces.next();
  const all = async function* () {
    for (
      let piece = { done: false, value: first } as IteratorResult<Buffer>;
      !piece.done;
      piece = await pieces.next()
    )
      yield piece.value;
  };
  const unread = unreadCompression(first);
  if (unread) throw new Damaged(`it is compressed with ${unread}, which is not read: decompress it first`);
  const compression = compressionOf(first);
  yield* readTar(compression ? decompressed(all(), compression) : all(), onCut);
};

/** The files in the archives of a tar, below the path of each. */
const bundleEntries = async function* (
  bytes: AsyncIterable<Buffer>,
  onCut: () => void,
): AsyncGenerator<ArchiveEntry> {
  for await (const archive of archiveEntries(bytes, onCut)) {
    if (archive.link !== undefined || !archiveName.test(archive.path)) continue;
    try {
      for await (const entry of archiveEntries(archive.body, onCut)) {
        const link = entry.link === undefined ? {} : { link: `${archive.path}/${entry.link}` };
        yield { ...entry, ...link, path: `${archive.path}/${entry.path}` };
      }
    } catch (error) {
      throw error instanceof Damaged
        ? new Damaged(`${archive.path}: ${error.message}`, { cause: error })
        : error;
    }
  }
};

/** The files of a source, one after the other; `onCut` as in readTar; `onBytes` hears how many bytes are read. */
export const entriesOf = async function* (
  source: Source,
  { onCut = () => {}, onBytes = () => {} }: { onCut?: () => void; onBytes?: (bytes: number) => void },
): AsyncGenerator<ArchiveEntry> {
  const { path, kind } = source;
  if (kind === 'archive') return yield* archiveEntries(read(path, onBytes), onCut);
  if (kind === 'bundle') return yield* bundleEntries(read(path, onBytes), onCut);
  for (const name of await filesOf(source)) {
    const file = join(path, name);
    yield { path: name, size: (await stat(file)).size, body: read(file, onBytes) };
  }
};
