import { posix } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { extract, type Header } from 'tar-stream';
import { Damaged } from './documents.ts';

/**
 * A file in an archive; what is left unread of its body is skipped. `link` is the path of the file that it
 * stands for.
 */
export type ArchiveEntry = { path: string; size: number; link?: string; body: AsyncIterable<Buffer> };

// With what tar-stream gives and its types do not name: where the file begins, and no type for one that it
// does not know.
type FileHeader = Omit<Header, 'type' | 'pax' | 'linkname'> & {
  type: Header['type'] | null;
  byteOffset: number;
  pax: object | null;
  linkname: string | null;
};

/** The length of a header, and what everything in a tar is padded to. */
const BLOCK = 512;

/** A path from the archive's root, out of which none leads. */
const normalized = (path: string): string => posix.join('/', path).replace(/^\/|\/$/g, '');

/** The path that a link leads to inside its archive: a symbolic one starts at its own folder. */
const linkOf = ({ type, name, linkname }: FileHeader): string | undefined => {
  if (type === 'link') return normalized(linkname ?? '');
  return type === 'symlink' ? normalized(posix.join('/', posix.dirname(name), linkname ?? '')) : undefined;
};

// GNU's own type of it is one that tar-stream does not know.
const isSparse = ({ type, pax }: FileHeader): boolean =>
  type === null || Object.keys(pax ?? {}).some((key) => /^GNU\.sparse\.(major|map)$/.test(key));

/** Says in words why a tar of so many bytes cannot be read any further, after the last file that was met. */
const explain = (error: Error, last: FileHeader | undefined, total: number): Error => {
  const isShort = error.message === 'Unexpected end of data';
  if (!isShort && !/^(Invalid|Header exceeds)/.test(error.message)) return error;
  if (last === undefined) return new Damaged('it is no tar archive');
  const end = last.byteOffset + last.size;
  if (!isShort) return new Damaged(`it has no tar header at byte ${Math.ceil(end / BLOCK) * BLOCK}`);
  if (total >= end) return new Damaged('it is truncated: it ends inside the header of a file');
  return new Damaged(
    `it is truncated: it ends ${end - total} bytes before the end of ${normalized(last.name)} (${last.size} bytes)`,
  );
};

/** What a file is shows in its first bytes: they come in one piece. */
const headFirst = async function* (next: () => Promise<Buffer | undefined>): AsyncGenerator<Buffer> {
  let head: Buffer = Buffer.alloc(0);
  for (let piece = await next(); piece !== undefined; piece = await next()) {
    head = head.length === 0 ? piece : Buffer.concat([head, piece]);
    if (head.length < BLOCK) continue;
    yield head;
    break;
  }
  if (head.length > 0 && head.length < BLOCK) yield head;
  for (let piece = await next(); piece !== undefined; piece = await next()) yield piece;
};

/**
 * Reads a tar (POSIX, GNU) as a stream, file by file: nothing is unpacked, so no path in it can lead
 * anywhere.
 *
 * `onCut` hears of a tar without the mark of its end. Throws Damaged for one that ends inside a file, and for
 * what is no tar.
 */
export const readTar = async function* (
  chunks: AsyncIterable<Buffer>,
  onCut: () => void,
): AsyncGenerator<ArchiveEntry> {
  const tar = extract({ allowUnknownFormat: true } as object);
  let last: FileHeader | undefined;
  let total = 0;
  const counted = async function* () {
    for await (const chunk of chunks) {
      total += chunk.length;
      yield chunk;
    }
  };
  const explained = <T>(reading: Promise<T>): Promise<T> =>
    reading.catch((error) => {
      throw explain(error, last, total);
    });
  const entries = tar[Symbol.asyncIterator]();
  // What goes wrong with it is thrown where the tar is read.
  const feeding = pipeline(counted, tar).catch(() => {});
  try {
    for (let entry = await explained(entries.next()); !entry.done; entry = await explained(entries.next())) {
      last = entry.value.header as FileHeader;
      if (isSparse(last))
        throw new Damaged(`${last.name} is stored as a sparse file: make the archive without --sparse`);
      const pieces = entry.value[Symbol.asyncIterator]();
      const next = async () => {
        const { done, value } = await explained(pieces.next());
        return done ? undefined : (value as Buffer);
      };
      const link = linkOf(last);
      if (link !== undefined || last.type === 'file' || last.type === 'contiguous-file')
        yield {
          path: normalized(last.name),
          size: last.size,
          ...(link !== undefined && { link }),
          body: headFirst(next),
        };
      // What nobody wanted of it.
      while ((await next()) !== undefined);
    }
    if (total === 0) throw new Damaged('it is no tar archive');
    if (last !== undefined && total <= Math.ceil((last.byteOffset + last.size) / BLOCK) * BLOCK) onCut();
  } finally {
    tar.destroy();
    await feeding;
  }
};
