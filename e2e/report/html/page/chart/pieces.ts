import type { Bar, Mark, Tone } from '../../data.ts';
import { lastAtOrBefore } from '../search.ts';

/** A drawn piece of a lane: one bar, or `count` bars that are too narrow to be distinguished. */
export type Piece = { x: number; width: number; tone: Tone; bar: Bar; count: number };

/** A drawn mark, or `count` marks at one place. */
export type MarkPiece = { x: number; mark: Mark; count: number };

/** The visible time window, and the function from its moments to places (px) of the picture. */
export type Window = { from: number; to: number; width: number; toX: (at: number) => number };

/** In px. A narrower bar is merged with its neighbours. */
const narrowest = 2;

// Merged states get the colour of the most important one.
const weight: Record<Tone, number> = { bad: 5, going: 4, waiting: 3, busy: 2, good: 1, quiet: 0 };

const worse = (one: Tone, other: Tone): Tone => (weight[other] > weight[one] ? other : one);

/**
 * Lays out the bars of a lane. They must be in the order of time, without overlaps. Bars outside of the window are
 * left out, and narrow bars are merged.
 */
export const layOutBars = (bars: readonly Bar[], window: Window): Piece[] => {
  const at = window.toX;
  const pieces: Piece[] = [];
  const first = Math.max(
    0,
    lastAtOrBefore(bars, window.from, (bar) => bar.from),
  );
  for (let index = first; index < bars.length; index += 1) {
    const bar = bars[index] as Bar;
    if (bar.from > window.to) break;
    if (bar.to < window.from) continue;
    const x = Math.max(0, at(bar.from));
    const width = Math.min(window.width, at(bar.to)) - x;
    const last = pieces.at(-1);
    const isNarrow = width < narrowest;
    if (isNarrow && last !== undefined && last.width <= narrowest && x - last.x < narrowest) {
      last.width = Math.max(narrowest, x + width - last.x);
      last.tone = worse(last.tone, bar.tone);
      last.count += 1;
    } else {
      pieces.push({ x, width: Math.max(narrowest, width), tone: bar.tone, bar, count: 1 });
    }
  }
  return pieces;
};

/** Lays out the marks of a lane, in the order of time. Marks that are nearer than `apart` (px) are merged. */
export const layOutMarks = (marks: readonly Mark[], window: Window, apart = 7): MarkPiece[] => {
  const at = window.toX;
  const pieces: MarkPiece[] = [];
  const first = Math.max(
    0,
    lastAtOrBefore(marks, window.from, (mark) => mark.at),
  );
  for (let index = first; index < marks.length; index += 1) {
    const mark = marks[index] as Mark;
    if (mark.at > window.to) break;
    if (mark.at < window.from) continue;
    const x = at(mark.at);
    const last = pieces.at(-1);
    if (last === undefined || x - last.x >= apart) pieces.push({ x, mark, count: 1 });
    else {
      last.count += 1;
      if (mark.shape === 'bad') last.mark = mark;
    }
  }
  return pieces;
};
