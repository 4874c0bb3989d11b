import type { Bar, ChartSymbol, Tone } from '../../data.ts';
import { lastAtOrBefore } from '../search.ts';

/** A drawn piece of a lane: one bar, or `count` bars that are too narrow to be distinguished. */
export type Piece = { x: number; width: number; tone: Tone; bar: Bar; count: number };

/** A drawn symbol, or `count` symbols at one place. */
export type SymbolPiece = { x: number; symbol: ChartSymbol; count: number };

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

// In px.
const apart = 7;

/** Lays out the symbols of a lane, in the order of time. Symbols that are too near to each other are merged. */
export const layOutSymbols = (symbols: readonly ChartSymbol[], window: Window): SymbolPiece[] => {
  const at = window.toX;
  const pieces: SymbolPiece[] = [];
  const first = Math.max(
    0,
    lastAtOrBefore(symbols, window.from, (symbol) => symbol.at),
  );
  for (let index = first; index < symbols.length; index += 1) {
    const symbol = symbols[index] as ChartSymbol;
    if (symbol.at > window.to) break;
    if (symbol.at < window.from) continue;
    const x = at(symbol.at);
    const last = pieces.at(-1);
    if (last === undefined || x - last.x >= apart) pieces.push({ x, symbol, count: 1 });
    else {
      last.count += 1;
      if (symbol.shape === 'bad') last.symbol = symbol;
    }
  }
  return pieces;
};
