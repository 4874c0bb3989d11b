import { type ScaleLinear, scaleLinear } from 'd3-scale';
import type { Lane } from '../../data.ts';

/** A time (s) in which a scenario only waited for a lock of another scenario. */
export type Wait = { from: number; to: number };

/** The width of a shortened wait, as a share of the time outside of the waits. */
const share = 0.05;

/** The waits for locks that are long enough to be drawn shorter than they were. */
export const longWaits = (lanes: readonly Lane[], seconds: number): Wait[] => {
  const all = lanes
    .filter(({ kind }) => kind === 'lock')
    .flatMap(({ bars }) => bars.filter(({ state }) => state === 'waiting'));
  const short = shortOf(all, seconds);
  return all.filter(({ from, to }) => to - from > 2 * short).map(({ from, to }) => ({ from, to }));
};

const shortOf = (waits: readonly Wait[], seconds: number): number => {
  const rest = waits.reduce((left, { from, to }) => left - (to - from), seconds);
  return share * Math.max(rest, share * seconds);
};

/**
 * The axis of a chart: from moments (s) to places. Outside of the given waits a place is a second; each wait takes
 * the same short length. Otherwise long waits would leave no room for the rest.
 */
export const shortenedAxis = (seconds: number, waits: readonly Wait[]): ScaleLinear<number, number> => {
  const short = shortOf(waits, seconds);
  const moments = [0];
  const places = [0];
  const go = (to: number, place: (span: number) => number): void => {
    const span = to - (moments.at(-1) ?? 0);
    if (span <= 0) return;
    moments.push(to);
    places.push((places.at(-1) ?? 0) + place(span));
  };
  for (const { from, to } of waits) {
    go(from, (span) => span);
    go(to, () => short);
  }
  go(seconds, (span) => span);
  return scaleLinear(moments, places);
};
