import type { ContainerLog, Lane, ReportTimeline } from './data.ts';
import { addExpectationSpans } from './expectation-spans.ts';
import { gapsOf, objectLanes } from './object-lanes.ts';
import { readHistory } from './read-history.ts';
import { faultLanes, gapLanes, lockLanes, sentencesOfHistory, stepLane } from './suite-lanes.ts';

/** The evidence of a scenario: the text of its history, and its logs. */
export type EvidenceTexts = { history: string; logs: ContainerLog[]; unreadable: string[] };

// The order of the lanes: first the objects under test, then those that they depend on. Other resources come last.
const order = [
  'backups',
  'snapshots',
  'volumes',
  'volumeattachments',
  'recurringjobs',
  'cronjobs',
  'jobs',
  'backupvolumes',
  'backuptargets',
  'pods',
];

const rankOf = ({ kind }: Lane): number => (order.includes(kind) ? order.indexOf(kind) : order.length);

const firstOf = ({ bars, expectations, events }: Lane): number =>
  Math.min(...[bars[0]?.from, expectations[0]?.from, events[0]?.at].filter((each) => each !== undefined));

const inOrder = (one: Lane, other: Lane): number =>
  rankOf(one) - rankOf(other) || firstOf(one) - firstOf(other) || one.name.localeCompare(other.name);

/** Creates the timeline of a scenario from its evidence. `duration` (ms) is the duration in its report. */
export const makeTimeline = (
  { history, logs, unreadable }: EvidenceTexts,
  duration: number,
): ReportTimeline => {
  const { header, lines, unreadable: unreadLines } = readHistory(history);
  const latest = lines.reduce((max, { at }) => Math.max(max, at), 0);
  const seconds = Math.max(header.seconds ?? 0, latest, header.seconds === undefined ? duration / 1000 : 0);
  const lanes = objectLanes(lines, seconds);
  addExpectationSpans(lanes, lines, seconds);
  const sentences = sentencesOfHistory(lines);
  return {
    startedAt: header.startedAt ?? null,
    seconds,
    lanes: [
      stepLane(lines, sentences, seconds),
      ...faultLanes(lines, seconds),
      ...lockLanes(lines, seconds),
      ...gapLanes(lines, (resource) => gapsOf(lines, resource, seconds)),
      ...[...lanes.values()].toSorted(inOrder),
    ],
    sentences,
    logs,
    events: lines.filter((line) => 'object' in line).length,
    unreadable: [...unreadable, ...unreadLines],
  };
};
