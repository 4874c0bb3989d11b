import { createHash } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import { type Compression, compressionOf, decompressor, explainDecompression } from './compression.ts';
import type { ArchiveEntry } from './tar.ts';

/** What bytes come to; the digest is written as `sha256:...`. */
export type Weight = { digest: string; size: number };

/** A file of an archive or a layout, and all that has to be known of it without reading it again. */
export type Member = Weight & {
  path: string;
  compression?: Compression;
  /** What a compressed file holds, or why it cannot be told. */
  content?: Weight | { broken: string };
  /** The whole text of what may be a JSON document. */
  text?: string;
};

/** No manifest or configuration of an image comes near this. */
const LONGEST_DOCUMENT = 4 * 2 ** 20;

/** Adds up bytes as they go by. */
export const weigher = () => {
  const hash = createHash('sha256');
  let size = 0;
  return {
    add: (piece: Buffer): void => {
      hash.update(piece);
      size += piece.length;
    },
    weight: (): Weight => ({ digest: `sha256:${hash.digest('hex')}`, size }),
  };
};

/**
 * Reads a file of an archive to its end, once: its digest, that of what it holds where it is compressed, its
 * text where it may be JSON.
 */
export const readMember = async ({ path, size, body }: ArchiveEntry): Promise<Member> => {
  const raw = weigher();
  const pieces = body[Symbol.asyncIterator]();
  const document: Buffer[] = [];
  let keeps = false;
  const next = async (): Promise<Buffer | undefined> => {
    const { done, value } = await pieces.next();
    if (done) return undefined;
    raw.add(value);
    if (keeps) document.push(value);
    return value;
  };
  const head = await next();
  const compression = head && compressionOf(head);
  keeps = size <= LONGEST_DOCUMENT && (head?.[0] === 0x7b || head?.[0] === 0x5b);
  if (head && keeps) document.push(head);
  const content = head && compression && (await weighContent(compression, head, next));
  while ((await next()) !== undefined);
  return {
    path,
    ...raw.weight(),
    ...(compression && content && { compression, content }),
    ...(keeps && { text: Buffer.concat(document).toString('utf8') }),
  };
};

const weighContent = async (
  compression: Compression,
  head: Buffer,
  next: () => Promise<Buffer | undefined>,
): Promise<Weight | { broken: string }> => {
  const content = weigher();
  const compressed = async function* () {
    for (let piece: Buffer | undefined = head; piece !== undefined; piece = await next()) yield piece;
  };
  try {
    await pipeline(compressed, decompressor(compression), async (pieces: AsyncIterable<Buffer>) => {
      for await (const piece of pieces) content.add(piece);
    });
    return content.weight();
  } catch (error) {
    const broken = explainDecompression(compression, error);
    // The file around it ended early, or cannot be read: that is not this file's fault.
    if (broken === undefined) throw error;
    return { broken };
  }
};
