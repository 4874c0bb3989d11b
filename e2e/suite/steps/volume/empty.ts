import { createHash } from 'node:crypto';
import type { DataStretch } from '../made.ts';
import { mebibyte } from '../sizes.ts';

/** The stretches of a volume that lie outside of these, which may overlap. */
export const emptyStretches = (size: number, filled: readonly DataStretch[]): DataStretch[] => {
  const empty: DataStretch[] = [];
  let offset = 0;
  for (const next of [...filled.toSorted((a, b) => a.offset - b.offset), { offset: size, size: 0 }]) {
    if (next.offset > offset) empty.push({ offset, size: next.offset - offset });
    offset = Math.max(offset, next.offset + next.size);
  }
  return empty;
};

/** The SHA-256 of so many zeros (bytes, whole MiB). */
export const checksumOfZeros = (size: number): string => {
  const hash = createHash('sha256');
  const zeros = Buffer.alloc(mebibyte);
  for (let hashed = 0; hashed < size; hashed += mebibyte) hash.update(zeros);
  return hash.digest('hex');
};
