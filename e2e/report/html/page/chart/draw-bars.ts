import { select } from 'd3-selection';
import type { Tone } from '../../data.ts';
import type { Piece } from './pieces.ts';
import { heights, toneSigns } from './signs.ts';

// In px. Wide enough for any letter of the font, so that a text never exceeds its bar.
const letterWidth = 6.6;

/** Whether a text fits into a width (px). */
export const fits = (text: string, width: number): boolean => text.length * letterWidth <= width - 8;

/** Cuts a text to a width (px). */
export const shortenToWidth = (text: string, width: number): string => {
  if (fits(text, width)) return text;
  const letters = Math.floor((width - 8) / letterWidth);
  return letters < 3 ? '' : `${text.slice(0, letters - 1)}…`;
};

const labelOf = ({ bar, tone, count, width }: Piece): string => {
  if (count > 1) return shortenToWidth(`${count} states`, width);
  const full = `${toneSigns[tone]} ${bar.state}${bar.texts[0] === undefined ? '' : `: ${bar.texts[0].slice(0, 300)}`}`;
  return shortenToWidth(full, width) || toneSigns[tone];
};

/** In px. A narrower bar has no label. */
const narrowestLabel = 14;

const outline = ({ x, width }: Piece): string => {
  const corner = Math.min(3, width / 2);
  const [across, down] = [width - 2 * corner, heights.bar - 2 * corner];
  const turn = (dx: number, dy: number, turned: 'h' | 'v') =>
    turned === 'h' ? `q${dx},0 ${dx},${dy}` : `q0,${dy} ${dx},${dy}`;
  return `M${(x + corner).toFixed(1)},${heights.pad}h${across.toFixed(1)}${turn(corner, corner, 'h')}v${down}${turn(-corner, corner, 'v')}h${(-across).toFixed(1)}${turn(-corner, -corner, 'h')}v${-down}${turn(corner, -corner, 'v')}Z`;
};

/**
 * Draws the bars of a lane: one path for all bars of a tone. One element per bar would be thousands of elements,
 * which no browser moves within a frame.
 */
export const drawBars = (svg: SVGSVGElement, pieces: readonly Piece[]): void => {
  const bars = select(svg).select<SVGGElement>('.bars');
  const outlines = [...Map.groupBy(pieces, ({ tone }) => tone)].map(([tone, each]): [Tone, string] => [
    tone,
    each.map(outline).join(''),
  ]);
  for (const part of ['tint', 'pattern'])
    bars
      .selectAll<SVGPathElement, [Tone, string]>(`path.${part}`)
      .data(outlines, ([tone]) => tone)
      .join('path')
      .attr('class', ([tone]) => `${part} bar-${tone}`)
      .attr('d', ([, path]) => path);
  bars
    .selectAll<SVGTextElement, Piece>('text')
    .data(pieces.filter(({ width }) => width >= narrowestLabel))
    .join('text')
    .attr('class', ({ tone }) => `bar-${tone}`)
    .attr('x', ({ x }) => x + 5)
    .attr('y', heights.pad + 15)
    .text(labelOf);
};
