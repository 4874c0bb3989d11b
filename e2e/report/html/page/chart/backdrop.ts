import { axisTop } from 'd3-axis';
import type { ScaleLinear } from 'd3-scale';
import { select } from 'd3-selection';
import type { Bar, Lane } from '../../data.ts';
import { tellTick } from '../tell.ts';
import type { Window } from './pieces.ts';

/** Draws the time axis over the lanes. */
export const drawAxis = (svg: SVGSVGElement, scale: ScaleLinear<number, number>, width: number): void => {
  const wanted = Math.max(2, Math.floor(width / 90));
  const ticks = scale.ticks(wanted);
  const step = (ticks[1] ?? 1) - (ticks[0] ?? 0);
  const axis = axisTop(scale)
    .tickValues(ticks)
    .tickFormat((value) => tellTick(value.valueOf(), step))
    .tickSizeOuter(0);
  select(svg).select<SVGGElement>('g').call(axis);
};

/** Draws what is behind all lanes: the lines of the axis, the time in which a fault was in force, and steps that failed. */
export const drawBackdrop = (
  svg: SVGSVGElement,
  scale: ScaleLinear<number, number>,
  lanes: readonly Lane[],
  window: Window,
  height: number,
): void => {
  const toX = (at: number) => ((at - window.from) / (window.to - window.from)) * window.width;
  svg.setAttribute('height', String(height));
  const faults = lanes
    .filter(({ kind }) => kind === 'fault')
    .flatMap(({ bars }) => bars.filter(({ state }) => state !== 'about to be made'));
  const failures = lanes.filter(({ kind }) => kind === 'steps').flatMap(({ bars }) => bars.filter(({ tone }) => tone === 'bad'));
  const isShown = ({ from, to }: Bar) => to >= window.from && from <= window.to;
  select(svg)
    .selectAll<SVGLineElement, number>('line.grid')
    .data(scale.ticks(Math.max(2, Math.floor(window.width / 90))))
    .join('line')
    .attr('class', 'grid')
    .attr('x1', toX)
    .attr('x2', toX)
    .attr('y2', height);
  select(svg)
    .selectAll<SVGRectElement, Bar>('rect')
    .data(faults.filter(isShown))
    .join('rect')
    .attr('class', 'in-force')
    .attr('x', ({ from }) => toX(from))
    .attr('width', ({ from, to }) => Math.max(1, toX(to) - toX(from)))
    .attr('height', height);
  select(svg)
    .selectAll<SVGLineElement, Bar>('line.failure')
    .data(failures.filter(isShown))
    .join('line')
    .attr('class', 'failure')
    .attr('x1', ({ to }) => toX(to))
    .attr('x2', ({ to }) => toX(to))
    .attr('y2', height);
};
