import { randomBytes } from 'node:crypto';
import { blockSize } from './pack-block.ts';
import type { VolumeBlock } from './write-backup.ts';

/**
 * Data for every block of a volume of `size` bytes, no two blocks alike: random bits, each as a byte 0 or 1,
 * in the first eighth of a block. What is stored of them is a thirtieth, so they come into a store fast; but
 * nothing is as slow to compress (in Go twice as slow as a whole block of random bytes), and that keeps
 * Longhorn busy for as long as it takes for the upload of a backup to be seen.
 */
export const randomBlocks = function* (size: number): Generator<VolumeBlock> {
  for (let offset = 0; offset < size; offset += blockSize) yield { offset, data: randomBlock() };
};

// The bits of each number from 0 to 15, as four bytes: bit by bit it would take so long that others in this
// process wait.
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
