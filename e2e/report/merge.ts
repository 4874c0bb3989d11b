import { isStray } from './collect.ts';
import { describeJudged, judgedImages } from './judged.ts';
import { checkSameSet, describeShard, MergeError, placeRounds, type ReportFile } from './merge-rounds.ts';
import { countStates, type Report, schemaVersion } from './schema.ts';

/** The result of a merge. `missing`: shards without a report. `doubled`: scenarios that are in two shards. */
type Merged = { report: Report; missing: string[]; doubled: string[] };

const oneValue = <T>(
  sources: readonly ReportFile[],
  what: string,
  get: (report: Report) => T | null,
): T | null => {
  const [first, ...others] = sources.filter(({ report }) => get(report) !== null);
  if (first === undefined) return null;
  const other = others.find(({ report }) => get(report) !== get(first.report));
  if (other !== undefined)
    throw new MergeError(
      `the reports are of different ${what}: ${get(first.report)} in ${first.path}, ${get(other.report)} in ${other.path}: merge those of one at a time`,
    );
  return get(first.report);
};

// The worst state comes first.
const ends: readonly Report['end']['state'][] = [
  'cluster-lost',
  'runner-died',
  'set-up-failed',
  'interrupted',
  'finished',
];

const mergeEnds = (sources: readonly ReportFile[]): Report['end'] => {
  const [worst = 'finished'] = ends.filter((state) =>
    sources.some(({ report }) => report.end.state === state),
  );
  if (worst === 'finished') return { state: 'finished', reason: null };
  const unfinished = sources.filter(({ report }) => report.end.state !== 'finished');
  const reasons = unfinished.map(
    ({ report }) => `${describeShard(report)} (run ${report.run}): ${report.end.reason ?? report.end.state}`,
  );
  return { state: worst, reason: reasons.join('; ') };
};

// The images are left out here and merged separately: parts of one run may have seen different sets of images.
const oneKubernetes = (sources: readonly ReportFile[]): Report['kubernetes'] => {
  const all = sources.flatMap(({ report: { kubernetes } }) => {
    if (kubernetes === null) return [];
    const { images: _, ...cluster } = kubernetes;
    return [cluster];
  });
  return new Set(all.map((each) => JSON.stringify(each))).size === 1 ? (all[0] ?? null) : null;
};

const mergeDifferences = (sources: readonly ReportFile[]): Pick<Report, 'differences'> => {
  const all = sources.map(({ report }) => report.differences).filter((each) => each !== undefined);
  if (all.length === 0) return {};
  return { differences: all.includes(null) ? null : all.flatMap((each) => each ?? []) };
};

const mergeImages = (sources: readonly ReportFile[]): Pick<Report, 'images'> => {
  const all = sources.flatMap(({ report }) => judgedImages(report));
  const images = [...new Map(all.map((each) => [`${each.name}@${each.digest}`, each])).values()];
  return images.length > 0 ? { images } : {};
};

const findDoubled = (placed: ReturnType<typeof placeRounds>['placed']): string[] => {
  // A failure outside of the scenarios has the same name in each shard, so it is no duplicate.
  const ofShards = placed.flatMap(({ shard, scenarios }) =>
    scenarios.filter((each) => !isStray(each)).map((each) => ({ shard, ...each })),
  );
  const groups = Map.groupBy(ofShards, ({ file, name, round }) => `${round} ${file} ${name}`);
  const several = [...groups.values()].filter((group) => new Set(group.map(({ shard }) => shard)).size > 1);
  return several.map(
    (group) =>
      `${group[0]?.file} "${group[0]?.name}" is in two shards: ${group.map(({ shard }) => shard).join(' and ')}`,
  );
};

/**
 * Merges the reports of the shards and rounds of one target. Throws a MergeError if they do not belong together.
 * Missing shards are returned; the caller decides whether they are an error.
 */
export const mergeReports = (sources: readonly ReportFile[]): Merged => {
  const [first] = sources;
  if (first === undefined) throw new MergeError('there are no reports to merge');
  const provider = oneValue(sources, 'providers', (report) => report.provider) ?? first.report.provider;
  // A run without a version ended before it had a cluster, or had no scenarios. The name of its target may be wrong.
  const sure = (report: Report) => (report.target.version === null ? null : report.target.name);
  const name = oneValue(sources, 'targets', sure) ?? first.report.target.name;
  const target = { name, version: oneValue(sources, 'versions', (report) => report.target.version) };
  checkSameSet(sources);
  const { placed, missing } = placeRounds(sources);
  const scenarios = placed
    .flatMap((each) => each.scenarios)
    .toSorted((one, other) => one.round - other.round);
  const starts = sources.map(({ report }) => Date.parse(report.startedAt));
  const stops = sources.map(({ report }, index) => (starts[index] ?? 0) + report.duration);
  const report: Report = {
    schemaVersion,
    run: [...new Set(sources.map((source) => source.report.run))].join(','),
    startedAt: new Date(Math.min(...starts)).toISOString(),
    duration: Math.max(...stops) - Math.min(...starts),
    provider,
    target,
    kubernetes: oneKubernetes(sources),
    ...mergeImages(sources),
    judged: describeJudged(target),
    end: mergeEnds(sources),
    scenarios,
    totals: countStates(scenarios),
    ...mergeDifferences(sources),
  };
  return { report, missing, doubled: findDoubled(placed) };
};
