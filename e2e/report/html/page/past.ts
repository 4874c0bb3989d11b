import { ownTime } from '../../own-time.ts';
import type { PageScenario } from '../data.ts';
import { svgElement } from './element.ts';

const isBad = ({ state }: PageScenario['past'][number]): boolean =>
  state === 'failed' || state === 'not-provable';

/** Describes how often a scenario did not pass in the last runs. Empty if it always passed. */
export const describeFlakiness = ({ past }: Pick<PageScenario, 'past'>): string => {
  if (past.length === 0) return '';
  const bad = past.filter(isBad).length;
  return bad === 0 ? '' : `not passed in ${bad} of the last ${past.length}`;
};

/** Compares a scenario's own time with the median of the last runs that it passed. */
export const describeSlowdown = ({
  past,
  state,
  ...spent
}: Pick<PageScenario, 'past' | 'state' | 'duration' | 'account'>): string => {
  const before = past.filter((each) => each.state === 'passed').map((each) => each.duration);
  const middle = before.toSorted((one, other) => one - other)[Math.floor(before.length / 2)];
  if (middle === undefined || middle === 0 || state === 'skipped') return '';
  const percent = Math.round((ownTime(spent) / middle - 1) * 100);
  return Math.abs(percent) < 15 ? 'as usual' : `${percent > 0 ? '+' : '−'}${Math.abs(percent)} %`;
};

const [barWidth, height] = [5, 20];

/**
 * Draws a bar for each of the last runs of a scenario and for this run: the height is the time, and a bar of a bad
 * run is hollow.
 */
export const sparkline = ({ past, state, name, ...spent }: PageScenario): Node => {
  const all = [...past, { name, state, duration: ownTime(spent) }];
  const longest = Math.max(1, ...all.map((each) => each.duration));
  const bars = all.map((each, index) => {
    const tall = Math.max(2, (each.duration / longest) * (height - 2));
    return svgElement('rect', {
      class: each.state,
      x: index * (barWidth + 2) + 0.5,
      y: height - tall - 0.5,
      width: barWidth,
      height: tall,
    });
  });
  const words = `${past.length} earlier runs: ${past.filter(isBad).length} not passed`;
  return svgElement(
    'svg',
    { class: 'spark', width: all.length * (barWidth + 2) + 1, height, role: 'img', 'aria-label': words },
    [svgElement('title', {}, [words]), ...bars],
  );
};
