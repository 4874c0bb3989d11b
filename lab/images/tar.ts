import { posix } from 'node:path';
import { type ByteReader, byteReader } from './byte-reader.ts';
import { Damaged } from './damaged.ts';
import { BLOCK, paddingOf, parseHeader, type TarHeader } from './tar-header.ts';

/** A file in an archive; what is left unread of its body is skipped. `link` is the path of the file that it stands for. */
export type ArchiveEntry = { path: string; size: number; link?: string; body: AsyncIterable<Buffer> };

/** No path is as long as this. */
const LONGEST_HEADER = 2 ** 20;

// GNU's long name and long link, a POSIX header for the next file, one for all.
const extensions = new Set(['L', 'K', 'x', 'g']);
const regular = new Set(['0', '7']);
const HARD_LINK = '1';
const SYMBOLIC_LINK = '2';

/** What a POSIX extended header says: `LENGTH KEY=VALUE\n`, again and again. */
const parsePax = (content: Buffer): Record<string, string> => {
  const records: Record<string, string> = {};
  for (let at = 0; at < content.length; ) {
    const length = Number.parseInt(content.toString('latin1', at, at + 20), 10);
    if (!(length > 0)) throw new Damaged('it has an extended header that cannot be read');
    const record = content.toString('utf8', at, at + length - 1);
    const equals = record.indexOf('=');
    records[record.slice(record.indexOf(' ') + 1, equals)] = record.slice(equals + 1);
    at += length;
  }
  return records;
};

const bodyOf = async function* (reader: ByteReader, { path, size }: TarHeader, left: { bytes: number }): AsyncGenerator<Buffer> {
  for (let isFirst = true; left.bytes > 0; isFirst = false) {
    // What a file is shows in its first bytes: they come in one piece.
    const piece = isFirst ? await reader.exactly(Math.min(left.bytes, BLOCK)) : await reader.some(left.bytes);
    if (!piece || piece.length === 0)
      throw new Damaged(`it is truncated: it ends ${left.bytes} bytes before the end of ${normalized(path)} (${size} bytes)`);
    left.bytes -= piece.length;
    yield piece;
  }
};

/** A path from the archive's root, out of which none leads. */
const normalized = (path: string): string => posix.join('/', path).replace(/^\/|\/$/g, '');

/** The path that a link leads to inside its archive: a symbolic one starts at its own folder. */
const linkOf = ({ type, path, link }: TarHeader): string | undefined => {
  if (type === HARD_LINK) return normalized(link);
  return type === SYMBOLIC_LINK ? normalized(posix.join('/', posix.dirname(path), link)) : undefined;
};

/**
 * Reads a tar (POSIX, GNU) as a stream, file by file: nothing is unpacked, so no path in it can lead anywhere.
 *
 * `onCut` hears of a tar without the mark of its end. Throws Damaged for one that ends inside a file, and for what is no tar.
 */
export const readTar = async function* (chunks: AsyncIterable<Buffer>, onCut: () => void): AsyncGenerator<ArchiveEntry> {
  const reader = byteReader(chunks);
  let overrides: Partial<TarHeader> = {};
  for (let position = 0; ; ) {
    const block = await reader.exactly(BLOCK);
    if (position === 0 && block.length < BLOCK) throw new Damaged('it is no tar archive');
    if (block.length === 0) return onCut();
    if (block.length < BLOCK) throw new Damaged('it is truncated: it ends inside the header of a file');
    if (block.every((byte) => byte === 0)) break;
    const plain = parseHeader(block);
    if (plain === undefined) throw new Damaged(position === 0 ? 'it is no tar archive' : `it has no tar header at byte ${position}`);
    const header = { ...plain, ...(!extensions.has(plain.type) && overrides) };
    // Links, devices and folders have no body, whatever their size says.
    const left = { bytes: /[1-6]/.test(header.type) ? 0 : header.size };
    const padding = paddingOf(left.bytes);
    position += BLOCK + left.bytes + padding;
    const body = bodyOf(reader, header, left);
    if (extensions.has(header.type)) {
      const content = await reader.exactly(Math.min(left.bytes, LONGEST_HEADER));
      if (content.length < left.bytes) throw new Damaged('it has an extended header that cannot be read');
      overrides = { ...overrides, ...extensionOf(header.type, content) };
    } else {
      overrides = {};
      if (header.type === 'S') throw new Damaged(`${header.path} is stored as a sparse file: make the archive without --sparse`);
      const link = linkOf(header);
      if (regular.has(header.type) || link !== undefined) {
        yield { path: normalized(header.path), size: left.bytes, ...(link !== undefined && { link }), body };
        // Whoever took the entry may have stopped in the middle of its body, which ends that generator.
        for await (const _ of bodyOf(reader, header, left));
      } else for await (const _ of body);
    }
    await reader.exactly(padding);
  }
  // A compressed archive is whole only when its stream is: it is read to its end.
  while ((await reader.some(BLOCK * 2048)) !== undefined);
};

const extensionOf = (type: string, content: Buffer): Partial<TarHeader> => {
  const ended = content.toString('utf8').replace(/\0.*$/s, '');
  if (type === 'L') return { path: ended };
  if (type === 'K') return { link: ended };
  if (type === 'g') return {};
  const pax = parsePax(content);
  if ('GNU.sparse.major' in pax || 'GNU.sparse.map' in pax) return { type: 'S' };
  return {
    ...(pax.path !== undefined && { path: pax.path }),
    ...(pax.linkpath !== undefined && { link: pax.linkpath }),
    ...(pax.size !== undefined && { size: Number(pax.size) }),
  };
};
