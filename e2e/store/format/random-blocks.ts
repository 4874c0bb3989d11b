import { randomBytes } from 'node:crypto';
import { blockSize } from './pack-block.ts';
import type { VolumeBlock } from './write-backup.ts';

/**
 * Generates data for every block of a volume of `size` bytes. All blocks differ. The first eighth of a block has
 * random bits, each as a byte 0 or 1. Stored, a block takes a thirtieth of its size, so writing to a store is fast.
 * It compresses slower than any other data (in Go twice as slow as random bytes), so that an upload by Longhorn takes
 * long enough to be observed.
 */
export const randomBlocks = function* (size: number): Generator<VolumeBlock> {
  for (let offset = 0; offset < size; offset += blockSize) yield { offset, data: randomBlock() };
};

/** Generates the same block, of such data, for every block of a volume of `size` bytes. */
export const sameBlocks = function* (size: number): Generator<VolumeBlock> {
  const data = randomBlock();
  for (let offset = 0; offset < size; offset += blockSize) yield { offset, data };
};

// The bits of each number from 0 to 15, as four bytes. Handling single bits would block this process for too long.
const spread = Uint32Array.from({ length: 16 }, (_, four) =>
  [0, 1, 2, 3].reduce((sum, bit) => sum + ((four >> bit) & 1) * 256 ** bit, 0),
);

const randomBlock = (): Uint8Array => {
  const block = new Uint32Array(blockSize / 4);
  const bits = randomBytes(blockSize / 8 / 8);
  for (const [index, eight] of bits.entries()) {
    block[2 * index] = spread[eight & 15] as number;
    block[2 * index + 1] = spread[eight >> 4] as number;
  }
  return new Uint8Array(block.buffer);
};
