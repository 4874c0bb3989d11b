import { createHash } from 'node:crypto';
import { type DataRange, mebibyte } from '../sizes.ts';

/** Returns the ranges of a volume outside of `filled`, whose ranges may overlap. */
export const emptyRanges = (size: number, filled: readonly DataRange[]): DataRange[] => {
  const empty: DataRange[] = [];
  let offset = 0;
  for (const next of [...filled.toSorted((a, b) => a.offset - b.offset), { offset: size, size: 0 }]) {
    if (next.offset > offset) empty.push({ offset, size: next.offset - offset });
    offset = Math.max(offset, next.offset + next.size);
  }
  return empty;
};

/** Returns the SHA-256 of `size` zero bytes (whole MiB). */
export const checksumOfZeros = (size: number): string => {
  const hash = createHash('sha256');
  const zeros = Buffer.alloc(mebibyte);
  for (let hashed = 0; hashed < size; hashed += mebibyte) hash.update(zeros);
  return hash.digest('hex');
};
