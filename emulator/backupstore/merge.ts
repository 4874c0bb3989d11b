import type { BlockMapping } from './config.ts';

/** The blocks of an incremental backup: the last backup's, with those that changed in their place, in order of their offsets. */
export const mergeBlocks = (last: BlockMapping[], changed: BlockMapping[]): BlockMapping[] => {
  const byOffset = new Map([...last, ...changed].map((block) => [block.Offset, block]));
  return [...byOffset.values()].sort((a, b) => a.Offset - b.Offset);
};
