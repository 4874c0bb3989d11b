import { type CompressionMethod, decompress, looksLike } from '../format/decompress.ts';
import { checksumOf } from '../format/layout.ts';
import { Damage } from '../format/lz4/block.ts';
import { Unreadable } from '../format/source.ts';

/** The largest block size of Longhorn, in bytes. The other size is 2 MiB. */
export const largestBlock = 16 << 20;

/** The largest file of a block, in bytes: incompressible data plus the overhead of the format. */
export const largestFile = largestBlock + (64 << 10);

/** The expected properties of a block. */
export type BlockExpectation = {
  checksum: string;
  /** The compression according to the configs that refer to it. Undefined if none does. */
  method: CompressionMethod | undefined;
  /** In bytes, uncompressed. */
  size: number | undefined;
};

type BlockCode =
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

/** A problem of a block. The message follows the name of the block in a sentence. */
export type BlockProblem = { code: BlockCode; message: string };

/**
 * Verifies the file of a block: its compression, and the size and checksum of its data. Returns undefined if it is
 * sound. The data go into `scratch`; no more memory is used, whatever the file contains.
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
  // Another method is tried only if the first one failed. The checksum then shows whether it is the right one.
  if (problem === undefined || seen === method || verifyAs(seen, file, expected, target) !== undefined)
    return problem;
  const kept = seen === 'none' ? 'not compressed' : `compressed with ${seen}`;
  const message = `is ${kept} where the config says ${method}`;
  // Longhorn falls back only between lz4 and gzip (backupstore, DecompressAndVerifyWithFallback).
  if (seen === 'none' || method === 'none')
    return { code: 'compression-mismatch', message: `${message}; Longhorn cannot read it` };
  return { code: 'compression-differs', message: `${message}; Longhorn reads it all the same` };
};

/** Converts a read error of a block to its problem. Throws any other error. */
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
