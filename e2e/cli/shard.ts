import { createHash } from 'node:crypto';
import { type ExpectedTimes, timeKey, timing } from '../report/expected-times.ts';
import type { ScenarioReport } from '../report/schema.ts';
import { usageError } from './exit-code.ts';

/** One part of several: the second of eight is `{ index: 2, of: 8 }`. */
export type Shard = { index: number; of: number };

type Named = Pick<ScenarioReport, 'name' | 'file'>;

const shardPattern = /^([1-9]\d{0,2})\/([1-9]\d{0,2})$/;

/** Parses `2/8`. Throws a CommandError for anything else, and for an index above the number of parts. */
export const parseShard = (text: string): Shard => {
  const [, index, of] = shardPattern.exec(text) ?? [];
  if (index === undefined || Number(index) > Number(of))
    throw usageError(`--shard ${text || "''"}: give which part of how many, such as 2/8, from 1/8 to 8/8`);
  return { index: Number(index), of: Number(of) };
};

type Unit = { members: Named[]; time: number };

// Scenarios of the same name stay together, because vitest has one name pattern for all files.
const toUnits = (all: readonly Named[], times: ExpectedTimes): Unit[] => {
  const timeOf = timing(all, times);
  // Files come in the order in which their processes were ready. The scenarios of a file are in their own order.
  const ordered = all.toSorted((one, other) => (one.file < other.file ? -1 : one.file > other.file ? 1 : 0));
  const units = [...Map.groupBy(ordered, ({ name }) => name).values()];
  return units.map((members) => ({ members, time: timeOf(members) }));
};

/** `groups` are scenarios of which each part gets its share, the most important group first. */
type SplitOptions = { times: ExpectedTimes; groups?: readonly (readonly Named[])[] };

/**
 * Splits scenarios into parts of about the same duration. The groups are distributed one after the other, then the
 * rest; in each the longest scenarios come first, and each goes to the shortest part. A scenario without an expected
 * time counts as the median. The result does not depend on the order of `all`.
 */
export const splitScenarios = (
  all: readonly Named[],
  of: number,
  { times, groups = [] }: SplitOptions,
): Named[][] => {
  const parts = Array.from({ length: of }, () => ({ members: [] as Named[], time: 0 }));
  const names = groups.map((group) => new Set(group.map(({ name }) => name)));
  const groupOf = ({ members }: Unit): number => {
    const found = names.findIndex((group) => members.some(({ name }) => group.has(name)));
    return found === -1 ? groups.length : found;
  };
  const units = toUnits(all, times).toSorted(
    (one, other) => groupOf(one) - groupOf(other) || other.time - one.time,
  );
  for (const { members, time } of units) {
    const least = parts.reduce((best, part) => (part.time < best.time ? part : best));
    least.members.push(...members);
    least.time += time;
  }
  return parts.map(({ members }) => members);
};

/**
 * The shard in a report. `split` is equal for shards of the same scenarios, times and choice, and different for all
 * others.
 */
type TakenShard<T> = { chosen: T[]; shard: Shard & { split: string } };

/**
 * Selects a shard's part of the chosen scenarios. The split is of all scenarios, not of the chosen ones: so a
 * scenario is always in the same shard, and a failed one can be run again alone.
 */
export const takeShard = <T extends Named>(
  { index, of }: Shard,
  { all, chosen, ...how }: SplitOptions & { all: readonly Named[]; chosen: readonly T[] },
): TakenShard<T> => {
  const parts = splitScenarios(all, of, how).map((part) => new Set(part.map(timeKey)));
  const mine = parts[index - 1] ?? new Set();
  const plan = { parts: parts.map((part) => [...part]), chosen: chosen.map(timeKey).toSorted() };
  const split = createHash('sha256').update(JSON.stringify(plan)).digest('hex').slice(0, 12);
  return { chosen: chosen.filter((each) => mine.has(timeKey(each))), shard: { index, of, split } };
};

/** A regular expression that matches exactly these names. */
export const exactNamePattern = (scenarios: readonly Pick<Named, 'name'>[]): string =>
  `^(?:${[...new Set(scenarios.map(({ name }) => name))].map((name) => name.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')).join('|')})$`;
