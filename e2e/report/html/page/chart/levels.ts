import type { Bracket } from '../../data.ts';

/** Up to so many, each bracket has a line of its own, so that its words have room. */
const own = 6;

/** The line (from 0) on which each bracket is drawn, so that none lies over another. */
export const levelsOf = (brackets: readonly Bracket[]): number[] => {
  const ends: number[] = [];
  return brackets.map(({ from, to }) => {
    const free = brackets.length <= own ? -1 : ends.findIndex((end) => end <= from);
    const level = free === -1 ? ends.length : free;
    ends[level] = to;
    return level;
  });
};
