import { stringify } from 'yaml';
import { type KubernetesObject, withoutManagedFields } from '../kube/objects.ts';
import { lastEntryUpTo } from './history.ts';
import { historyTable, offset } from './history-table.ts';
import type { Decision } from './specification.ts';
import type { Timeline } from './timeline.ts';
import type { GuardReport, SequenceStep } from './verdict.ts';

/** The input of an explanation. */
type Explained = {
  decision: Decision;
  /** The history was evaluated after this sequence. */
  startSequence: number;
  steps: readonly SequenceStep[];
  guards: readonly GuardReport[];
  /** The objects whose histories are listed. The first is the subject of the expectation. */
  objects: readonly [ExplainedObject, ...ExplainedObject[]];
};

export type ExplainedObject = {
  // biome-ignore lint/suspicious/noExplicitAny: objects of any kind are listed side by side.
  timeline: Timeline<any>;
  name: string;
  label: string;
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  describe(object: any): string;
};

const verdicts = { met: 'Met', broken: 'Broken', 'not-provable': 'Not provable', 'timed-out': 'Timed out' };
const heldSigns = { yes: '✓', no: '✗', unknown: '?' };

/**
 * Writes the explanation of a verdict below its reason: the expected steps and the progress, the histories, the last
 * object, and the last error of the watches.
 */
export const explain = ({ decision, startSequence, steps, guards, objects }: Explained): string => {
  const { until = Number.POSITIVE_INFINITY } = decision;
  const timelines = [...new Set(objects.map(({ timeline }) => timeline))];
  const start = Math.min(
    decision.at,
    ...timelines.flatMap(({ entries }) => entries.find(({ sequence }) => sequence > startSequence)?.at ?? []),
  );
  const [subject] = objects;
  return [
    `${verdicts[decision.state]} at ${offset(decision.at - start)}; times count from ${new Date(start).toISOString()}.`,
    '',
    `Expected of ${subject.label} (${subject.name}):`,
    ...indented([
      ...stepLines(steps, decision, start),
      ...guards.map(({ label, held }) => `${heldSigns[held]} ${label}`),
    ]),
    ...objects.flatMap(({ label, name, timeline, describe }) => [
      '',
      `History of ${label} (${name}) in ${timeline.label}:`,
      ...indented(historyTable({ timeline, name, describe, startSequence, until, start })),
    ]),
    ...lastObject(lastOf(subject, until)?.object),
    ...timelines.flatMap(errorLines),
  ].join('\n');
};

/** The last entry of an object before an expectation was decided. */
export const lastOf = ({ timeline, name }: ExplainedObject, until: number) =>
  lastEntryUpTo(timeline, name, until);

const stepLines = (steps: readonly SequenceStep[], decision: Decision, start: number): string[] => {
  const next = steps.findIndex(({ reached }) => reached === undefined);
  const missed = decision.state === 'not-provable' ? '?' : '✗';
  return steps.map(({ label, reached }, index) =>
    reached === undefined
      ? `${index === next ? missed : '·'} ${label}`
      : `✓ ${label}, at ${offset(reached.at - start)} (resourceVersion ${reached.resourceVersion})`,
  );
};

const errorLines = ({ label, failure, lastError }: Timeline): string[] => [
  ...(failure ? ['', `The watch of ${label} cannot go on: ${failure.message}`] : []),
  ...(lastError
    ? [
        '',
        `Last error of the watch of ${label}, after which it went on, at ${new Date(lastError.at).toISOString()}: ${lastError.error.message}`,
      ]
    : []),
];

const longestObject = 60;
const longestLine = 200;

const lastObject = (object: KubernetesObject | undefined): string[] => {
  if (object === undefined) return [];
  const lines = stringify(withoutManagedFields(object), { lineWidth: 0 }).trimEnd().split('\n');
  const shown = lines
    .slice(0, longestObject)
    .map((line) => (line.length > longestLine ? `${line.slice(0, longestLine)}...` : line));
  const more = lines.length > longestObject ? [`... ${lines.length - longestObject} more lines`] : [];
  return ['', 'Last object:', ...indented([...shown, ...more])];
};

const indented = (lines: string[]): string[] => lines.map((line) => `  ${line}`);
