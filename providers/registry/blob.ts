import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { NotFit } from '../../e2e/machine/not-fit.ts';
import type { Descriptor } from '../../lab/images/documents.ts';
import { weigher } from '../../lab/images/member.ts';

/** What is downloaded, as people call it, and who hears of its bytes. */
type Download = { what: string; onBytes: (bytes: number) => void };

const wrong = (what: string, got: string, wanted: string): NotFit =>
  new NotFit({
    code: 'image-digest',
    what: `${what} is not what its digest says (${got}, not ${wanted}): the registry, or something on the way, has changed it`,
  });

/**
 * Passes bytes on and checks them against a descriptor: no byte too many is taken, and at the end the digest
 * must be the one named.
 */
const checked = async function* (
  bytes: AsyncIterable<Uint8Array>,
  { digest, size }: Pick<Descriptor, 'digest' | 'size'>,
  { what, onBytes }: Download,
): AsyncGenerator<Buffer> {
  const sum = weigher();
  let sofar = 0;
  for await (const bit of bytes) {
    const piece = Buffer.from(bit.buffer, bit.byteOffset, bit.byteLength);
    sum.add(piece);
    sofar += piece.length;
    if (sofar > size) throw wrong(what, `more than ${size} bytes`, `${size}`);
    onBytes(piece.length);
    yield piece;
  }
  const got = sum.weight();
  if (got.size !== size) throw wrong(what, `${got.size} bytes`, `${size}`);
  if (got.digest !== digest) throw wrong(what, got.digest, digest);
};

/** Writes the body of an answer to a file; throws NotFit unless it is the blob that the descriptor names. */
export const writeBlob = async (
  answer: Response,
  descriptor: Descriptor,
  { file, ...download }: Download & { file: string },
): Promise<void> => {
  if (answer.body === null) throw wrong(download.what, 'nothing', `${descriptor.size} bytes`);
  const body = Readable.fromWeb(answer.body as Parameters<typeof Readable.fromWeb>[0]);
  try {
    await pipeline(checked(body, descriptor, download), createWriteStream(file));
  } catch (error) {
    if (error instanceof NotFit || (error as NodeJS.ErrnoException).code === 'ENOSPC') throw error;
    throw new NotFit({
      code: 'image-cut-short',
      what: `${download.what} did not arrive whole (${(error as Error).message})`,
      remedy: 'check the network, then run the command again',
    });
  }
};
