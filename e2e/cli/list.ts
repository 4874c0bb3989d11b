import { formatDuration } from '../kube/duration.ts';
import { type ExpectedTimes, timeKey, timing } from '../report/expected-times.ts';
import { tags as allTags } from '../suite/tags.ts';
import type { Chosen } from './choice.ts';
import type { Plan } from './plan.ts';

/**
 * A scenario in the output of `--list --output json`. `expected` is in ms, null if unknown. `skipped` is the reason
 * why it would not be run.
 */
type Listed = Omit<Chosen, 'declared'> &
  Chosen['declared'] & { expected: number | null; skipped: string | null };

/**
 * Lists scenarios in the order of their files, with their declarations, and with the reason if they would be skipped.
 */
export const listScenarios = (
  chosen: readonly Chosen[],
  { times, plan }: { times: ExpectedTimes; plan: Plan },
): Listed[] => {
  const reasons = new Map(
    plan.skipped.flatMap(({ reason, scenarios }) => scenarios.map((each) => [each, reason] as const)),
  );
  return chosen
    .map((each) => ({ ...each, skipped: reasons.get(each) ?? null }))
    .map(({ declared, ...scenario }) => ({
      ...scenario,
      ...declared,
      expected: times[timeKey(scenario)] ?? null,
    }))
    .toSorted((one, other) => (one.file < other.file ? -1 : one.file > other.file ? 1 : 0));
};

const describeOne = ({
  name,
  tags,
  needs,
  disruptions,
  exclusive,
  longhorn,
  expected,
  skipped,
}: Listed): string[] => [
  `  ${name}`,
  `    ${expected === null ? 'time not known yet' : `about ${formatDuration(expected)}`}; ${tags.length > 0 ? `tags: ${tags.join(', ')}` : 'no tags'}`,
  ...(needs.length > 0 ? [`    needs ${needs.join(', ')}`] : []),
  ...(disruptions.length > 0 ? [`    on an existing cluster: --allow ${disruptions.join(',')}`] : []),
  ...(exclusive.length > 0 ? [`    needs exclusive use of: ${exclusive.join(', ')}`] : []),
  ...(longhorn === '*' ? [] : [`    on Longhorn ${longhorn}`]),
  ...(skipped === null ? [] : [`    skipped: ${skipped}`]),
];

/** Formats the list for people. */
export const describeList = (listed: readonly Listed[]): string[] =>
  [...Map.groupBy(listed, ({ file }) => file)].flatMap(([file, scenarios]) => [
    file,
    ...scenarios.flatMap(describeOne),
  ]);

/**
 * Describes how long the scenarios take one after the other. A run takes less time, because it runs several at once.
 */
export const describeTime = (listed: readonly Listed[]): string => {
  const known = listed.flatMap(({ expected }) => expected ?? []);
  return known.length === 0
    ? 'time not known yet'
    : `about ${formatDuration(known.reduce((sum, each) => sum + each, 0))} if run one after the other; a run does several at a time`;
};

/** The subject of a scenario is its first tag, so `--tags` can choose a whole subject. */
const subjectOf = ({ tags }: Pick<Chosen, 'tags'>): string => tags[0] ?? '';

const describeSubject = (name: string): string => {
  const { description = 'with no tag' } = allTags.find((tag) => tag.name === name) ?? {};
  return name === '' ? description : `${name}: ${description}`;
};

const minute = 60_000;

/**
 * Describes by subject what `--all` would add to the scenarios of the seed documents, with the expected time. With
 * `pace` (see paceOf) this is elapsed time, otherwise the sum of all scenarios. Empty if `--all` would add nothing.
 */
export const describeOthers = (
  others: readonly Chosen[],
  { times, pace }: { times: ExpectedTimes; pace?: number | undefined },
): string[] => {
  if (others.length === 0) return [];
  const timeOf = timing(others, times);
  const isTimed = others.some((each) => times[timeKey(each)] !== undefined);
  const about = (scenarios: readonly Chosen[]) =>
    isTimed ? `about ${Math.max(1, Math.round((timeOf(scenarios) * (pace ?? 1)) / minute))} min` : '';
  const rows = [...Map.groupBy(others, subjectOf)]
    .map(([subject, scenarios]) => ({ subject, count: String(scenarios.length), time: about(scenarios) }))
    .toSorted((one, other) => Number(other.count) - Number(one.count));
  const width = (field: 'count' | 'time') => Math.max(...rows.map((row) => row[field].length));
  const how = pace === undefined ? 'one after the other' : 'at the pace of this run';
  const [{ subject = '' } = {}] = rows;
  return [
    `Not chosen: ${others.length} more ${others.length === 1 ? 'scenario' : 'scenarios'}${isTimed ? `, ${about(others)} ${how}` : ''}`,
    ...rows.map(
      (row) =>
        `  ${row.count.padStart(width('count'))}  ${isTimed ? `${row.time.padEnd(width('time'))}  ` : ''}${describeSubject(row.subject)}`,
    ),
    `--all chooses every scenario${subject === '' ? '' : `, --tags ${subject} one subject`}: npx corral e2e --all`,
  ];
};
