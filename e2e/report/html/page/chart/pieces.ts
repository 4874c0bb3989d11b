import type { Bar, Mark, Tone } from '../../data.ts';
import { lastAtOrBefore } from '../search.ts';

/** What is drawn of a lane: a bar, or several that are too narrow to be seen apart, with their number. */
export type Piece = { x: number; width: number; tone: Tone; bar: Bar; count: number };

/** A mark, or several at one place. */
export type MarkPiece = { x: number; mark: Mark; count: number };

/** The window of time that is shown, and where each of its moments lies on the picture. */
export type Window = { from: number; to: number; width: number; toX: (at: number) => number };

/** Narrower than this (px), a bar is drawn together with its neighbours. */
const narrowest = 2;

// Of states that are drawn as one, the one that a reader must not miss gives the colour.
const weight: Record<Tone, number> = { bad: 5, going: 4, waiting: 3, busy: 2, good: 1, quiet: 0 };

const worse = (one: Tone, other: Tone): Tone => (weight[other] > weight[one] ? other : one);

/**
 * Lays out the bars of a lane (in the order of time, one after the other): what is out of the window is left
 * out, what is too narrow is merged.
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

/**
 * Lays out the marks of a lane (in the order of time): those nearer than `apart` (px) are one, with their
 * number.
 */
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
