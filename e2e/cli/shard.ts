import { createHash } from 'node:crypto';
import { type ExpectedTimes, timeKey, timing } from '../report/expected-times.ts';
import type { ScenarioReport } from '../report/schema.ts';
import { usageError } from './exit-code.ts';

/** Which part of how many: the second of eight is `{ index: 2, of: 8 }`. */
export type Shard = { index: number; of: number };

type Named = Pick<ScenarioReport, 'name' | 'file'>;

const shardPattern = /^([1-9]\d{0,2})\/([1-9]\d{0,2})$/;

/** Reads `2/8`; a CommandError for anything else, and for a ninth of eight. */
export const parseShard = (text: string): Shard => {
  const [, index, of] = shardPattern.exec(text) ?? [];
  if (index === undefined || Number(index) > Number(of))
    throw usageError(`--shard ${text || "''"}: give which part of how many, such as 2/8, from 1/8 to 8/8`);
  return { index: Number(index), of: Number(of) };
};

type Unit = { members: Named[]; time: number };

// By name, not by name and file: what runs them knows one pattern of names for all files.
const toUnits = (all: readonly Named[], times: ExpectedTimes): Unit[] => {
  const timeOf = timing(all, times);
  // Files come in the order in which their processes were ready; those of one file in their own.
  const ordered = all.toSorted((one, other) => (one.file < other.file ? -1 : one.file > other.file ? 1 : 0));
  const units = [...Map.groupBy(ordered, ({ name }) => name).values()];
  return units.map((members) => ({ members, time: timeOf(members) }));
};

/**
 * Splits scenarios into parts that take about equally long, and so do their shares of those that `first`
 * holds: these come first, and among them, as among the others, the longest; each goes to the part that has the
 * least so far. One of an unknown time counts as the median of the known ones. The same scenarios and times
 * give the same parts, in whatever order they come.
 */
export const splitScenarios = (
  all: readonly Named[],
  of: number,
  { times, first = [] }: { times: ExpectedTimes; first?: readonly Named[] | undefined },
): Named[][] => {
  const parts = Array.from({ length: of }, () => ({ members: [] as Named[], time: 0 }));
  const early = new Set(first.map(({ name }) => name));
  const isEarly = ({ members }: Unit) => members.some(({ name }) => early.has(name));
  const units = toUnits(all, times).toSorted(
    (one, other) => Number(isEarly(other)) - Number(isEarly(one)) || other.time - one.time,
  );
  for (const { members, time } of units) {
    const least = parts.reduce((best, part) => (part.time < best.time ? part : best));
    least.members.push(...members);
    least.time += time;
  }
  return parts.map(({ members }) => members);
};

/**
 * What a shard's report says of it: `split` is the same for all shards of the same scenarios, times and
 * choice, and for no others.
 */
export type TakenShard<T> = { chosen: T[]; shard: Shard & { split: string } };

/**
 * Takes a shard's part of the chosen scenarios. All there are have been split, not the chosen ones: a
 * scenario is in the same shard whatever else is chosen, so that what failed in a shard can be run again
 * alone.
 */
export const takeShard = <T extends Named>(
  { index, of }: Shard,
  {
    all,
    chosen,
    ...how
  }: {
    all: readonly Named[];
    chosen: readonly T[];
    times: ExpectedTimes;
    first?: readonly Named[];
  },
): TakenShard<T> => {
  const parts = splitScenarios(all, of, how).map((part) => new Set(part.map(timeKey)));
  const mine = parts[index - 1] ?? new Set();
  const plan = { parts: parts.map((part) => [...part]), chosen: chosen.map(timeKey).toSorted() };
  const split = createHash('sha256').update(JSON.stringify(plan)).digest('hex').slice(0, 12);
  return { chosen: chosen.filter((each) => mine.has(timeKey(each))), shard: { index, of, split } };
};

/** The regular expression that matches these names and no others. */
export const exactly = (scenarios: readonly Pick<Named, 'name'>[]): string =>
  `^(?:${[...new Set(scenarios.map(({ name }) => name))].map((name) => name.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')).join('|')})$`;
