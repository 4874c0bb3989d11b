import { timelinesOf } from '../../../history/judge.ts';
import type { ExpectationEnd, ExpectationStart } from '../../../history/observer.ts';
import type { Timeline } from '../../../history/timeline.ts';
import type { Seconds } from './entry-line.ts';
import type { ExpectationMarker } from './markers.ts';
import type { WatchOrigin } from './recorded-watches.ts';
import { writeRule } from './rule.ts';

/** What is needed to write an expectation into a history. */
export type MarkerContext = {
  seconds: Seconds;
  now(): number;
  originOf(timeline: Timeline): WatchOrigin | undefined;
  /** The number of event lines that had arrived up to a sequence. */
  countAt(sequence: number): number;
  /** When the first line after a sequence arrived, in seconds. */
  timeOf(sequence: number): number;
};

/** Returns each timeline that an expectation reads, once. */
export const timelinesOfExpected = ({ timeline, specification }: ExpectationStart): Timeline[] =>
  specification === undefined ? [timeline] : timelinesOf(specification);

/** Returns the marker for an expectation that begins. */
export const toSetMarker = (
  id: number,
  expected: ExpectationStart,
  { seconds, now, originOf, countAt, timeOf }: MarkerContext,
): ExpectationMarker => {
  const { timeline, name, label, steps, startSequence, limit, wanted, specification } = expected;
  const { time, atMost, owner } = limit;
  const rule = specification && writeRule(specification, { originOf, after: countAt(startSequence) });
  return {
    id,
    phase: 'set',
    resource: originOf(timeline)?.resource ?? timeline.label,
    name: name ?? null,
    label,
    from: Math.min(timeOf(startSequence), seconds(now())),
    steps: [...steps],
    ...(wanted === 'timed-out' && { wanted }),
    limit: time / 1000,
    ...(atMost !== undefined && { atMost: atMost / 1000 }),
    owner,
    ...(rule && { rule }),
  };
};

/** Returns the marker for an expectation that is decided. */
export const toEndMarker = (
  { rule: _, ...set }: ExpectationMarker,
  {
    ended,
    expected,
    deps: { seconds, originOf },
  }: { ended: ExpectationEnd; expected: ExpectationStart; deps: MarkerContext },
): ExpectationMarker => {
  const blind =
    ended.until === undefined
      ? timelinesOfExpected(expected).filter((timeline) => timeline.disconnectedSince !== undefined)
      : [];
  const cutOff = blind.flatMap((timeline) => originOf(timeline) ?? []);
  return {
    ...set,
    phase: ended.state,
    reason: ended.reason,
    reached: ended.steps.flatMap(({ label, reached }) =>
      reached === undefined ? [] : [{ label, at: seconds(reached.at) }],
    ),
    ...(ended.until !== undefined && { by: seconds(ended.at) }),
    ...(cutOff.length > 0 && { cutOff }),
  };
};

/** How an expectation ended, in words for readers. */
export const endings = {
  met: 'met',
  broken: 'broken',
  'not-provable': 'not provable',
  'timed-out': 'timed out',
} as const;

/** Describes an expectation in one line. */
export const describeExpected = ({
  label,
  name,
  steps,
}: Pick<ExpectationMarker, 'label' | 'name' | 'steps'>): string =>
  name === null || steps.includes(label) ? label : `${label} (${name}) goes ${steps.join(', ')}`;

/** Returns the text of an expectation's marker. */
export const describeExpectation = (marker: ExpectationMarker): string =>
  `${marker.phase === 'set' ? 'awaits' : endings[marker.phase]}: ${describeExpected(marker)}`;
