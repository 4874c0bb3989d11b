import { pluralize } from '../../kube/text.ts';
import type { BlockMapping } from '../format/config.ts';
import type { FindingCode, Findings } from './findings.ts';

type Offsets = {
  /** The owner of the blocks, as the start of a sentence. */
  what: string;
  blockSize: number;
  /** The object that contains the blocks, its size, and where its last block may end, in bytes. */
  within: { what: string; size: number; end: number };
  path: string;
  findings: Findings;
};

/** Checks the offsets of blocks: multiples of the block size, within the object, no duplicates, in order. */
export const checkOffsets = (
  blocks: readonly BlockMapping[],
  { what, blockSize, within, path, findings }: Offsets,
): void => {
  const met = new Map<FindingCode, { times: number; example: number }>();
  const note = (code: FindingCode, offset: number): void => {
    const { times = 0, example = offset } = met.get(code) ?? {};
    met.set(code, { times: times + 1, example });
  };
  const seen = new Set<number>();
  let before = Number.NEGATIVE_INFINITY;
  for (const { offset } of blocks) {
    if (offset % blockSize !== 0) note('offset-not-aligned', offset);
    if (offset < 0 || offset + blockSize > within.end) note('offset-out-of-range', offset);
    if (seen.has(offset)) note('offset-duplicate', offset);
    else if (offset < before) note('offsets-unsorted', offset);
    seen.add(offset);
    before = offset;
  }
  const messages: [FindingCode, string][] = [
    ['offset-not-aligned', `has blocks at offsets that are no multiple of their size, ${blockSize}`],
    ['offset-out-of-range', `has blocks outside of ${within.what}, which has ${within.size} bytes`],
    ['offset-duplicate', 'has several blocks for one place'],
    ['offsets-unsorted', 'does not have its blocks in order, which the next backup takes for granted'],
  ];
  for (const [code, message] of messages) {
    const { times, example } = met.get(code) ?? {};
    if (times !== undefined)
      findings.add(code, path, `${what} ${message}: ${pluralize(times, 'offset')}, such as ${example}`);
  }
};
