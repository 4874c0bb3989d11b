import type { Bar, Bracket, Lane, Mark } from '../../data.ts';
import { formatAt, formatSpan } from '../format.ts';
import { lastAtOrBefore } from '../search.ts';
import { bracketSigns, toneSigns } from './signs.ts';

/** What a lane shows at a moment. */
export type Pointed = {
  lane: Lane;
  at: number;
  bar: Bar | undefined;
  marks: Mark[];
  brackets: Bracket[];
  gaps: string[];
};

/** Looks up what a lane shows at a moment; marks are caught from `reach` (s) away. */
export const pointAt = (lane: Lane, at: number, reach: number): Pointed => {
  const bar = lane.bars[lastAtOrBefore(lane.bars, at, ({ from }) => from)];
  return {
    lane,
    at,
    // One that ended before is not what stands there: the object was gone.
    bar: bar !== undefined && at <= bar.to + reach ? bar : undefined,
    marks: lane.marks.filter((mark) => Math.abs(mark.at - at) <= reach),
    brackets: lane.brackets.filter(({ from, to }) => from <= at && at <= to + reach),
    gaps: lane.gaps
      .filter(({ from, to }) => from - reach <= at && at <= to + reach)
      .map(({ from, to, reason }) => `nothing is known from ${formatAt(from)} to ${formatAt(to)}: ${reason}`),
  };
};

const describeBracket = ({ state, label, steps, from, to, reason, limit }: Bracket): string => {
  const reached = steps
    .map(({ label: step, at }) => (at === null ? `${step} (not reached)` : `${step} ${formatAt(at)}`))
    .join(' → ');
  const lines = [
    `${bracketSigns[state]} ${label}`,
    reached,
    `${formatAt(from)} to ${formatAt(to)}${limit === null ? '' : ` (at most ${limit})`}`,
    state === 'met' ? null : reason,
  ];
  return lines.filter((each) => each).join('\n');
};

// Longhorn's messages hold whole logs: what it did stands at their beginning, and why that failed at the end
// of the first line.
const inShort = (text: string): string => {
  const [line = ''] = text.split('\n');
  return line.length <= 320 ? line : `${line.slice(0, 120)} … ${line.slice(-180)}`;
};

/** Says what is pointed at, a line each; the first one is its heading. */
export const describePointed = ({ lane, at, bar, marks, brackets, gaps }: Pointed): string[] => [
  `${lane.kind === lane.name ? lane.name : `${lane.kind} ${lane.name}`}, ${formatAt(at, 3)}`,
  ...(bar === undefined
    ? lane.bars.length > 0
      ? ['not there']
      : []
    : [
        `${toneSigns[bar.tone]} ${bar.state}  (${formatAt(bar.from)} to ${formatAt(bar.to)}, ${formatSpan(bar.to - bar.from)})`,
        ...bar.texts.map(inShort),
      ]),
  ...marks.map(({ at: moment, text }) => `${formatAt(moment)} ${text}`),
  ...brackets.map(describeBracket),
  ...gaps,
];

/** The moment of the next thing of a lane in a direction; undefined at its end. */
export const nextMoment = (
  lane: Lane,
  at: number,
  direction: 1 | -1,
  each: 'bars' | 'events',
): number | undefined => {
  const moments =
    each === 'events' && lane.events.length > 0
      ? lane.events.map((event) => event.at)
      : [
          ...lane.bars.map(({ from }) => from),
          ...lane.marks.map((mark) => mark.at),
          ...(lane.bars.length === 0 ? lane.brackets.map(({ to }) => to) : []),
        ];
  const sorted = moments.toSorted((one, other) => one - other);
  return direction === 1 ? sorted.find((moment) => moment > at) : sorted.findLast((moment) => moment < at);
};
