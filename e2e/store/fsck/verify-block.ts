import { type CompressionMethod, decompress, looksLike } from '../format/decompress.ts';
import { checksumOf } from '../format/layout.ts';
import { Damage } from '../format/lz4/damage.ts';
import { Unreadable } from '../format/source.ts';

/** The largest block that Longhorn makes, in bytes; the other size is 2 MiB. */
export const largestBlock = 16 << 20;

/** The largest file that can be a block, in bytes: one that no compression makes smaller, in its frame. */
export const largestFile = largestBlock + (64 << 10);

/** What a block has to be. */
export type BlockExpectation = {
  checksum: string;
  /** As the configs that refer to it have them; undefined when none does. */
  method: CompressionMethod | undefined;
  /** Bytes, uncompressed. */
  size: number | undefined;
};

export type BlockCode =
  | 'block-empty'
  | 'block-cut-off'
  | 'block-corrupt'
  | 'block-wrong-size'
  | 'block-wrong-checksum'
  | 'compression-mismatch'
  | 'compression-differs'
  | 'block-too-large'
  | 'block-unreadable'
  | 'changed-meanwhile';

/** What is wrong with a block; the message ends a sentence that begins with the block. */
export type BlockProblem = { code: BlockCode; message: string };

/**
 * Looks for what is wrong with a block's file: how it was compressed, the size and the checksum of its data.
 * Undefined when nothing is. `scratch` takes the data; whatever the file says, no more memory is used.
 */
export const verifyBlock = (
  file: Uint8Array,
  expected: BlockExpectation,
  scratch: Uint8Array,
): BlockProblem | undefined => {
  if (file.length === 0) return { code: 'block-empty', message: 'is empty' };
  const seen = looksLike(file);
  const method = expected.method ?? seen;
  const target = scratch.subarray(0, expected.size ?? largestBlock);
  const problem = verifyAs(method, file, expected, target);
  // Another method is worth a try only where the checksum can then show that it is the right one.
  if (problem === undefined || seen === method || verifyAs(seen, file, expected, target) !== undefined)
    return problem;
  const kept = seen === 'none' ? 'not compressed' : `compressed with ${seen}`;
  const message = `is ${kept} where the config says ${method}`;
  // backupstore, DecompressAndVerifyWithFallback: only lz4 and gzip stand in for each other.
  if (seen === 'none' || method === 'none')
    return { code: 'compression-mismatch', message: `${message}; Longhorn cannot read it` };
  return { code: 'compression-differs', message: `${message}; Longhorn reads it all the same` };
};

/** What is wrong with a block whose file could not be read; an error of any other kind is thrown on. */
export const problemOfReading = (error: unknown): BlockProblem => {
  if (!(error instanceof Unreadable)) throw error;
  if (error.gone) return { code: 'changed-meanwhile', message: 'went away while the store was being read' };
  return { code: 'block-unreadable', message: `cannot be read: ${error.message}` };
};

const verifyAs = (
  method: CompressionMethod,
  file: Uint8Array,
  { checksum, size }: BlockExpectation,
  target: Uint8Array,
): BlockProblem | undefined => {
  try {
    const data = decompress(method, file, target);
    if (size !== undefined && data.length !== size)
      return { code: 'block-wrong-size', message: `holds ${data.length} bytes of data instead of ${size}` };
    if (checksumOf(data) !== checksum)
      return { code: 'block-wrong-checksum', message: 'holds other data than its name says' };
    return undefined;
  } catch (error) {
    if (!(error instanceof Damage)) throw error;
    return { code: codeOf[error.kind], message: error.message };
  }
};

const codeOf = {
  format: 'block-corrupt',
  'cut-off': 'block-cut-off',
  corrupt: 'block-corrupt',
  'too-large': 'block-wrong-size',
} as const;
