import { formatDuration } from '../kube/duration.ts';
import { type ExpectedTimes, timeKey } from '../report/expected-times.ts';
import type { Chosen } from './choice.ts';

/** A scenario as `--list --json` has it; `expected` in ms, null where nobody knows. */
type Listed = Omit<Chosen, 'declared'> & Chosen['declared'] & { expected: number | null };

/** Lists scenarios by file, as they stand there, with what they declare and how long they usually take. */
export const listOf = (chosen: readonly Chosen[], times: ExpectedTimes): Listed[] =>
  chosen
    .map(({ declared, ...scenario }) => ({
      ...scenario,
      ...declared,
      expected: times[timeKey(scenario)] ?? null,
    }))
    .toSorted((one, other) => (one.file < other.file ? -1 : one.file > other.file ? 1 : 0));

const describeOne = ({ name, tags, needs, disruptions, exclusive, longhorn, expected }: Listed): string[] => [
  `  ${name}`,
  `    ${expected === null ? 'of an unknown time' : `about ${formatDuration(expected)}`}; ${tags.length > 0 ? `tags: ${tags.join(', ')}` : 'no tags'}`,
  ...(needs.length > 0 ? [`    needs ${needs.join(', ')}`] : []),
  ...(disruptions.length > 0 ? [`    on an existing cluster: --allow ${disruptions.join(',')}`] : []),
  ...(exclusive.length > 0 ? [`    has for itself: ${exclusive.join(', ')}`] : []),
  ...(longhorn === '*' ? [] : [`    on Longhorn ${longhorn}`]),
];

/** Describes such a list for people. */
export const describeList = (listed: readonly Listed[]): string[] => [
  ...[...Map.groupBy(listed, ({ file }) => file)].flatMap(([file, scenarios]) => [
    file,
    ...scenarios.flatMap(describeOne),
  ]),
  `${listed.length} ${listed.length === 1 ? 'scenario' : 'scenarios'}, about ${formatDuration(listed.reduce((sum, { expected }) => sum + (expected ?? 0), 0))} one after the other`,
];
