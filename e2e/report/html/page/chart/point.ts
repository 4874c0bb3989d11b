import type { Bar, ChartSymbol, ExpectationSpan, Lane } from '../../data.ts';
import { formatAt, formatSpan } from '../format.ts';
import { lastAtOrBefore } from '../search.ts';
import { expectationSigns, toneSigns } from './signs.ts';

/** What a lane shows at a moment. */
export type Pointed = {
  lane: Lane;
  at: number;
  bar: Bar | undefined;
  symbols: ChartSymbol[];
  expectations: ExpectationSpan[];
  gaps: string[];
};

/** Finds what a lane shows at a moment. Symbols within `reach` (s) are included. */
export const pointAt = (lane: Lane, at: number, reach: number): Pointed => {
  const bar = lane.bars[lastAtOrBefore(lane.bars, at, ({ from }) => from)];
  return {
    lane,
    at,
    // A bar that ended earlier is not shown: the object did not exist at this moment.
    bar: bar !== undefined && at <= bar.to + reach ? bar : undefined,
    symbols: lane.symbols.filter((symbol) => Math.abs(symbol.at - at) <= reach),
    expectations: lane.expectations.filter(({ from, to }) => from <= at && at <= to + reach),
    gaps: lane.gaps
      .filter(({ from, to }) => from - reach <= at && at <= to + reach)
      .map(({ from, to, reason }) => `nothing is known from ${formatAt(from)} to ${formatAt(to)}: ${reason}`),
  };
};

const describeExpectationSpan = ({
  state,
  label,
  steps,
  from,
  to,
  reason,
  limit,
}: ExpectationSpan): string => {
  const reached = steps
    .map(({ label: step, at }) => (at === null ? `${step} (not reached)` : `${step} ${formatAt(at)}`))
    .join(' → ');
  const lines = [
    `${expectationSigns[state]} ${label}`,
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
export const describePointed = ({ lane, at, bar, symbols, expectations, gaps }: Pointed): string[] => [
  `${lane.kind === lane.name ? lane.name : `${lane.kind} ${lane.name}`}, ${formatAt(at, 3)}`,
  ...(bar === undefined
    ? lane.bars.length > 0
      ? ['not there']
      : []
    : [
        `${toneSigns[bar.tone]} ${bar.state}  (${formatAt(bar.from)} to ${formatAt(bar.to)}, ${formatSpan(bar.to - bar.from)})`,
        ...bar.texts.map(inShort),
      ]),
  ...symbols.map(({ at: moment, text }) => `${formatAt(moment)} ${text}`),
  ...expectations.map(describeExpectationSpan),
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
          ...lane.symbols.map((symbol) => symbol.at),
          ...(lane.bars.length === 0 ? lane.expectations.map(({ to }) => to) : []),
        ];
  const sorted = moments.toSorted((one, other) => one - other);
  return direction === 1 ? sorted.find((moment) => moment > at) : sorted.findLast((moment) => moment < at);
};
