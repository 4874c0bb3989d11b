import { select } from 'd3-selection';
import type { ChartSymbol, ExpectationSpan, Gap, Lane } from '../../data.ts';
import { drawBars, fits, shortenToWidth } from './draw-bars.ts';
import { layOutBars, layOutSymbols, type SymbolPiece, type Window } from './pieces.ts';
import { expectationSigns, heights, shapes } from './signs.ts';

/** The height (px) of a lane. */
export const heightOf = ({ expectations }: Lane): number =>
  heights.pad * 2 +
  heights.bar +
  (expectations.length === 0 ? 0 : (1 + Math.max(...levelsOf(expectations))) * heights.expectation + 2);

const drawSymbols = (svg: SVGSVGElement, pieces: SymbolPiece[]): void => {
  select(svg)
    .select<SVGGElement>('.symbols')
    .selectAll<SVGPathElement, SymbolPiece>('path')
    .data(pieces)
    .join('path')
    .attr('class', ({ symbol }) => `symbol ${symbol.shape}`)
    .attr('d', ({ symbol }) => shapes[symbol.shape])
    .attr('transform', ({ x }) => `translate(${x},${heights.pad + heights.bar / 2})`);
};

const drawGaps = (
  svg: SVGSVGElement,
  gaps: readonly Gap[],
  toX: (at: number) => number,
  height: number,
): void => {
  select(svg)
    .select<SVGGElement>('.gaps')
    .selectAll<SVGRectElement, Gap>('rect')
    .data(gaps)
    .join('rect')
    .attr('x', ({ from }) => toX(from))
    .attr('width', ({ from, to }) => Math.max(3, toX(to) - toX(from)))
    .attr('height', height);
};

type Placed = { span: ExpectationSpan; x: number; width: number; y: number; ticks: number[] };

const spanPath = ({ width, ticks }: Placed): string =>
  `M0,-4V4M0,0H${width}M${width},-4V4${ticks.map((tick) => `M${tick},-3V3`).join('')}`;

const wordsOf = ({ span }: Placed): string => `${expectationSigns[span.state]} ${span.label}`;

// The label of an expectation is aligned with its end if there is more room before the end than after the start.
const isAtRight = (placed: Placed, { width }: Window): boolean =>
  !fits(wordsOf(placed), width - placed.x) && placed.x + placed.width > width - Math.max(0, placed.x);

const drawExpectations = (svg: SVGSVGElement, spans: readonly ExpectationSpan[], window: Window): void => {
  const { toX } = window;
  const levels = levelsOf(spans);
  const placed = spans.flatMap((span, index): Placed[] => {
    if (span.to < window.from || span.from > window.to) return [];
    const x = Math.max(-4, toX(span.from));
    const width = Math.max(2, Math.min(window.width + 4, toX(span.to)) - x);
    const ticks = span.steps.flatMap(({ at }) =>
      at === null || toX(at) < x || toX(at) > x + width ? [] : toX(at) - x,
    );
    return [
      {
        span,
        x,
        width,
        y: heights.pad * 2 + heights.bar + (levels[index] ?? 0) * heights.expectation,
        ticks,
      },
    ];
  });
  const groups = select(svg)
    .select<SVGGElement>('.expectations')
    .selectAll<SVGGElement, Placed>('g')
    .data(placed)
    .join((enter) => {
      const group = enter.append('g');
      group.append('path');
      group.append('text').attr('y', 13);
      return group;
    });
  groups
    .attr('class', ({ span }) => `expectation ${span.state}`)
    .attr('transform', ({ x, y }) => `translate(${x},${y + 3})`);
  groups.select('path').attr('d', spanPath);
  groups
    .select('text')
    .attr('x', (each) => (isAtRight(each, window) ? each.width : Math.max(2, 2 - each.x)))
    .attr('text-anchor', (each) => (isAtRight(each, window) ? 'end' : 'start'))
    .text((each) =>
      shortenToWidth(
        wordsOf(each),
        isAtRight(each, window) ? each.x + each.width : window.width - Math.max(0, each.x),
      ),
    );
};

/** Draws the visible part of a lane. */
export const drawLane = (svg: SVGSVGElement, lane: Lane, window: Window): void => {
  const height = heightOf(lane);
  drawBars(svg, layOutBars(lane.bars, window));
  drawGaps(
    svg,
    lane.gaps.filter(({ from, to }) => to >= window.from && from <= window.to),
    window.toX,
    height,
  );
  drawExpectations(svg, lane.expectations, window);
  drawSymbols(svg, layOutSymbols(lane.symbols as ChartSymbol[], window));
};

/** Up to this number of expectations, each gets a separate line, so that there is room for its label. */
const own = 6;

/** The line (from 0) of each expectation. Expectations on one line do not overlap. */
const levelsOf = (spans: readonly ExpectationSpan[]): number[] => {
  const ends: number[] = [];
  return spans.map(({ from, to }) => {
    const free = spans.length <= own ? -1 : ends.findIndex((end) => end <= from);
    const level = free === -1 ? ends.length : free;
    ends[level] = to;
    return level;
  });
};
