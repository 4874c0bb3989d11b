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

/** Finds what a lane shows at a moment. Marks within `reach` (s) are included. */
export const pointAt = (lane: Lane, at: number, reach: number): Pointed => {
  const bar = lane.bars[lastAtOrBefore(lane.bars, at, ({ from }) => from)];
  return {
    lane,
    at,
    // A bar that ended earlier is not shown: the object did not exist at this moment.
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

// A message of Longhorn may contain a whole log. The start of its first line says what Longhorn did, and the end says
// why that failed.
const inShort = (text: string): string => {
  const [line = ''] = text.split('\n');
  return line.length <= 320 ? line : `${line.slice(0, 120)} … ${line.slice(-180)}`;
};

/** Describes a point of the chart, one line per fact. The first line is the heading. */
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

/** The time of the next state or event of a lane in a direction. Undefined if there is none. */
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
