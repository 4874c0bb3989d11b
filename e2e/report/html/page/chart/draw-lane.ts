import { select } from 'd3-selection';
import type { Bracket, Gap, Lane, Mark } from '../../data.ts';
import { drawBars, fits, shortenToWidth } from './draw-bars.ts';
import { layOutBars, layOutMarks, type MarkPiece, type Window } from './pieces.ts';
import { bracketSigns, heights, shapes } from './signs.ts';

/** The height (px) of a lane. */
export const heightOf = ({ brackets }: Lane): number =>
  heights.pad * 2 +
  heights.bar +
  (brackets.length === 0 ? 0 : (1 + Math.max(...levelsOf(brackets))) * heights.bracket + 2);

const drawMarks = (svg: SVGSVGElement, pieces: MarkPiece[]): void => {
  select(svg)
    .select<SVGGElement>('.marks')
    .selectAll<SVGPathElement, MarkPiece>('path')
    .data(pieces)
    .join('path')
    .attr('class', ({ mark }) => `mark ${mark.shape}`)
    .attr('d', ({ mark }) => shapes[mark.shape])
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

type Placed = { bracket: Bracket; x: number; width: number; y: number; ticks: number[] };

const bracketPath = ({ width, ticks }: Placed): string =>
  `M0,-4V4M0,0H${width}M${width},-4V4${ticks.map((tick) => `M${tick},-3V3`).join('')}`;

const wordsOf = ({ bracket }: Placed): string => `${bracketSigns[bracket.state]} ${bracket.label}`;

// The label of a bracket is aligned with the bracket's end if there is more room before its end than after its start.
const isAtRight = (placed: Placed, { width }: Window): boolean =>
  !fits(wordsOf(placed), width - placed.x) && placed.x + placed.width > width - Math.max(0, placed.x);

const drawBrackets = (svg: SVGSVGElement, brackets: readonly Bracket[], window: Window): void => {
  const { toX } = window;
  const levels = levelsOf(brackets);
  const placed = brackets.flatMap((bracket, index): Placed[] => {
    if (bracket.to < window.from || bracket.from > window.to) return [];
    const x = Math.max(-4, toX(bracket.from));
    const width = Math.max(2, Math.min(window.width + 4, toX(bracket.to)) - x);
    const ticks = bracket.steps.flatMap(({ at }) =>
      at === null || toX(at) < x || toX(at) > x + width ? [] : toX(at) - x,
    );
    return [
      { bracket, x, width, y: heights.pad * 2 + heights.bar + (levels[index] ?? 0) * heights.bracket, ticks },
    ];
  });
  const groups = select(svg)
    .select<SVGGElement>('.brackets')
    .selectAll<SVGGElement, Placed>('g')
    .data(placed)
    .join((enter) => {
      const group = enter.append('g');
      group.append('path');
      group.append('text').attr('y', 13);
      return group;
    });
  groups
    .attr('class', ({ bracket }) => `bracket ${bracket.state}`)
    .attr('transform', ({ x, y }) => `translate(${x},${y + 3})`);
  groups.select('path').attr('d', bracketPath);
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
  drawBrackets(svg, lane.brackets, window);
  drawMarks(svg, layOutMarks(lane.marks as Mark[], window));
};

/** Up to this number of brackets, each bracket gets a separate line, so that there is room for its label. */
const own = 6;

/** The line (from 0) of each bracket. Brackets on one line do not overlap. */
const levelsOf = (brackets: readonly Bracket[]): number[] => {
  const ends: number[] = [];
  return brackets.map(({ from, to }) => {
    const free = brackets.length <= own ? -1 : ends.findIndex((end) => end <= from);
    const level = free === -1 ? ends.length : free;
    ends[level] = to;
    return level;
  });
};
