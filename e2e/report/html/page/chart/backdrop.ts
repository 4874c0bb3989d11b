import { axisTop } from 'd3-axis';
import { type ScaleLinear, scaleLinear } from 'd3-scale';
import { select } from 'd3-selection';
import type { Bar, Lane } from '../../data.ts';
import { formatSpan, formatTick } from '../format.ts';
import type { Wait } from './queue.ts';

/** From seconds of the timeline to pixels of the lanes. */
type Scale = ScaleLinear<number, number>;

/** The minimum room for a tick and its label, in pixels. */
const roomForTick = 90;

const isShown =
  (scale: Scale) =>
  ({ from, to }: Wait): boolean => {
    const [start = 0, end = 0] = [scale.domain()[0], scale.domain().at(-1)];
    return to >= start && from <= end;
  };

/** The ticks of the axis. A shortened wait has no ticks; its length is its label. */
const ticksOf = (scale: Scale, waits: readonly Wait[]): number[] => {
  const places = scale.range();
  const words = waits.filter(isShown(scale)).map(({ from, to }) => scale((from + to) / 2));
  const ticks = scale.domain().flatMap((from, index, moments): number[] => {
    const to = moments[index + 1];
    if (to === undefined) return [];
    const room = Math.floor(((places[index + 1] ?? 0) - (places[index] ?? 0)) / roomForTick);
    if (moments.length > 2 && room === 0) return [];
    return scaleLinear([from, to], [0, 1]).ticks(Math.max(2, room));
  });
  return ticks.filter((tick) => words.every((place) => Math.abs(scale(tick) - place) > roomForTick / 2));
};

/** Draws the time axis above the lanes, with the lengths of the shortened waits. */
export const drawAxis = (svg: SVGSVGElement, scale: Scale, waits: readonly Wait[]): void => {
  const ticks = ticksOf(scale, waits);
  const step = Math.min(...ticks.slice(1).map((tick, index) => tick - (ticks[index] ?? 0)), 100_000);
  select(svg)
    .selectAll<SVGTextElement, Wait>('text.queue')
    .data(waits.filter(isShown(scale)))
    .join('text')
    .attr('class', 'queue')
    .attr('x', ({ from, to }) => scale((from + to) / 2))
    .attr('y', 15)
    .text(({ from, to }) => `⋯ ${formatSpan(to - from)} ⋯`);
  const axis = axisTop(scale)
    .tickValues(ticks)
    .tickFormat((value) => formatTick(value.valueOf(), step))
    .tickSizeOuter(0);
  select(svg).select<SVGGElement>('g').call(axis);
};

/**
 * Draws the background of all lanes: the grid, the times with a fault in force, the waits for locks, and the failed
 * steps.
 */
export const drawBackdrop = (
  svg: SVGSVGElement,
  scale: Scale,
  { lanes, waits, height }: { lanes: readonly Lane[]; waits: readonly Wait[]; height: number },
): void => {
  svg.setAttribute('height', String(height));
  const faults = lanes
    .filter(({ kind }) => kind === 'fault')
    .flatMap(({ bars }) => bars.filter(({ state }) => state !== 'about to be made'));
  const failures = lanes
    .filter(({ kind }) => kind === 'steps')
    .flatMap(({ bars }) => bars.filter(({ tone }) => tone === 'bad'));
  select(svg)
    .selectAll<SVGLineElement, number>('line.grid')
    .data(ticksOf(scale, waits))
    .join('line')
    .attr('class', 'grid')
    .attr('x1', scale)
    .attr('x2', scale)
    .attr('y2', height);
  select(svg)
    .selectAll<SVGRectElement, Wait>('rect.queue')
    .data(waits.filter(isShown(scale)))
    .join('rect')
    .attr('class', 'queue')
    .attr('x', ({ from }) => scale(from))
    .attr('width', ({ from, to }) => scale(to) - scale(from))
    .attr('height', height);
  select(svg)
    .selectAll<SVGRectElement, Bar>('rect.in-force')
    .data(faults.filter(isShown(scale)))
    .join('rect')
    .attr('class', 'in-force')
    .attr('x', ({ from }) => scale(from))
    .attr('width', ({ from, to }) => Math.max(1, scale(to) - scale(from)))
    .attr('height', height);
  select(svg)
    .selectAll<SVGLineElement, Bar>('line.failure')
    .data(failures.filter(isShown(scale)))
    .join('line')
    .attr('class', 'failure')
    .attr('x1', ({ to }) => scale(to))
    .attr('x2', ({ to }) => scale(to))
    .attr('y2', height);
};
