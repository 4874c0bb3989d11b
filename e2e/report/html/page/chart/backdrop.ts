import { axisTop } from 'd3-axis';
import type { ScaleLinear } from 'd3-scale';
import { select } from 'd3-selection';
import type { Bar, Lane } from '../../data.ts';
import { formatTick } from '../format.ts';

/** Seconds of the timeline to pixels of the lanes. */
type Scale = ScaleLinear<number, number>;

/** Least room for a tick and its words, in pixels. */
const roomForTick = 90;

const ticksOf = (scale: Scale): number[] => {
  const [left = 0, right = 0] = scale.range();
  return scale.ticks(Math.max(2, Math.floor((right - left) / roomForTick)));
};

/** Draws the time axis over the lanes. */
export const drawAxis = (svg: SVGSVGElement, scale: Scale): void => {
  const ticks = ticksOf(scale);
  const step = (ticks[1] ?? 1) - (ticks[0] ?? 0);
  const axis = axisTop(scale)
    .tickValues(ticks)
    .tickFormat((value) => formatTick(value.valueOf(), step))
    .tickSizeOuter(0);
  select(svg).select<SVGGElement>('g').call(axis);
};

/**
 * Draws what is behind all lanes: the lines of the axis, the time in which a fault was in force, and steps
 * that failed.
 */
export const drawBackdrop = (
  svg: SVGSVGElement,
  scale: Scale,
  lanes: readonly Lane[],
  height: number,
): void => {
  const [start = 0, end = 0] = scale.domain();
  svg.setAttribute('height', String(height));
  const faults = lanes
    .filter(({ kind }) => kind === 'fault')
    .flatMap(({ bars }) => bars.filter(({ state }) => state !== 'about to be made'));
  const failures = lanes
    .filter(({ kind }) => kind === 'steps')
    .flatMap(({ bars }) => bars.filter(({ tone }) => tone === 'bad'));
  const isShown = ({ from, to }: Bar) => to >= start && from <= end;
  select(svg)
    .selectAll<SVGLineElement, number>('line.grid')
    .data(ticksOf(scale))
    .join('line')
    .attr('class', 'grid')
    .attr('x1', scale)
    .attr('x2', scale)
    .attr('y2', height);
  select(svg)
    .selectAll<SVGRectElement, Bar>('rect')
    .data(faults.filter(isShown))
    .join('rect')
    .attr('class', 'in-force')
    .attr('x', ({ from }) => scale(from))
    .attr('width', ({ from, to }) => Math.max(1, scale(to) - scale(from)))
    .attr('height', height);
  select(svg)
    .selectAll<SVGLineElement, Bar>('line.failure')
    .data(failures.filter(isShown))
    .join('line')
    .attr('class', 'failure')
    .attr('x1', ({ to }) => scale(to))
    .attr('x2', ({ to }) => scale(to))
    .attr('y2', height);
};
