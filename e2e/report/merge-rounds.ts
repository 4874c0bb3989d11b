import { isStray } from './collect.ts';
import type { Report, ScenarioReport } from './schema.ts';

/** A report and the path of its file. */
export type ReportFile = { path: string; report: Report };

/** The reports do not belong together. The message is one line. */
export class MergeError extends Error {
  override readonly name = 'MergeError';
}

/** Names the shard of the scenarios that a report covers, or the whole. */
export const describeShard = ({ shard }: Pick<Report, 'shard'>): string =>
  shard === undefined ? 'the whole' : `shard ${shard.index}/${shard.of}`;

const key = ({ file, name }: Pick<ScenarioReport, 'file' | 'name'>): string => `${file} "${name}"`;

/**
 * Checks that the reports cover one set of scenarios, split in one way, and that no report occurs twice. Throws a
 * MergeError.
 */
export const checkSameSet = (sources: readonly ReportFile[]): void => {
  const [first, ...others] = sources as [ReportFile, ...ReportFile[]];
  for (const [index, other] of others.entries()) {
    const twin = sources
      .slice(0, index + 1)
      .find(
        ({ report }) =>
          report.run === other.report.run && describeShard(report) === describeShard(other.report),
      );
    if (twin !== undefined)
      throw new MergeError(
        `${twin.path} and ${other.path} are the same run (${other.report.run}): name it once`,
      );
    const [one, two] = [first.report.shard, other.report.shard];
    if (one?.of !== two?.of)
      throw new MergeError(
        `${first.path} is ${describeShard(first.report)}, ${other.path} ${describeShard(other.report)}: merge parts of one split`,
      );
    if (one?.split !== two?.split)
      throw new MergeError(
        `${first.path} and ${other.path} are shards of different sets of scenarios: of another commit, or chosen by other flags`,
      );
    if (one === undefined) checkSameScenarios(first, other);
  }
};

const checkSameScenarios = (first: ReportFile, other: ReportFile): void => {
  for (const [having, lacking] of [
    [first, other],
    [other, first],
  ] as const) {
    const there = new Set(lacking.report.scenarios.map(key));
    const strange = having.report.scenarios.find((each) => !isStray(each) && !there.has(key(each)));
    if (strange !== undefined)
      throw new MergeError(
        `the reports are of different sets of scenarios: ${key(strange)} is in ${having.path} and not in ${lacking.path}`,
      );
  }
};

type Placed = { shard: string; scenarios: ScenarioReport[] };

const roundsOf = ({ scenarios }: Report): number => Math.max(1, ...scenarios.map(({ round }) => round));

/**
 * Numbers the rounds of the reports. Among the reports of one shard, the one that began first gets the first rounds.
 * A shard is missing in each round that it lacks and another shard has.
 */
export const placeRounds = (sources: readonly ReportFile[]): { placed: Placed[]; missing: string[] } => {
  const of = sources[0]?.report.shard?.of ?? 1;
  const placed: Placed[] = [];
  /** Undefined for a shard without scenarios, which is complete in every round. */
  const rounds: (number | undefined)[] = [];
  for (let index = 1; index <= of; index += 1) {
    const mine = sources
      .filter(({ report }) => (report.shard?.index ?? 1) === index)
      .map(({ report }) => report);
    let before = 0;
    for (const report of mine.toSorted(
      (one, other) => Date.parse(one.startedAt) - Date.parse(other.startedAt),
    )) {
      const offset = before;
      placed.push({
        shard: `${index}/${of}`,
        scenarios: report.scenarios.map((each) => ({ ...each, round: each.round + offset })),
      });
      before += roundsOf(report);
    }
    rounds.push(
      mine.length > 0 && mine.every(({ scenarios }) => scenarios.length === 0) ? undefined : before,
    );
  }
  const most = Math.max(1, ...rounds.filter((count) => count !== undefined));
  const missing = rounds.flatMap((count = most, position) => {
    const lacks = Array.from({ length: most - count }, (_, each) => count + each + 1);
    if (lacks.length === 0) return [];
    return [`${position + 1}/${of}${most > 1 ? ` (round ${lacks.join(', ')})` : ''}`];
  });
  return { placed, missing };
};
