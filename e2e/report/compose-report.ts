import { describeJudged } from './judged.ts';
import { countStates, emptyScenario, type Report, type ScenarioReport, schemaVersion } from './schema.ts';

/** Composes a report. Computes the derived fields: totals, what was judged, and the duration. */
export const composeReport = (
  known: Pick<
    Report,
    'run' | 'provider' | 'target' | 'kubernetes' | 'end' | 'shard' | 'machine' | 'scenarios'
  > & {
    startedAt: Date;
    concurrency?: Report['concurrency'];
  },
): Report => ({
  schemaVersion,
  run: known.run,
  startedAt: known.startedAt.toISOString(),
  duration: Date.now() - known.startedAt.getTime(),
  provider: known.provider,
  target: known.target,
  kubernetes: known.kubernetes,
  judged: describeJudged(known.target),
  end: known.end,
  ...(known.shard && { shard: known.shard }),
  ...(known.concurrency && { concurrency: known.concurrency }),
  ...(known.machine && { machine: known.machine }),
  scenarios: known.scenarios,
  totals: countStates(known.scenarios),
});

/** The report of a scenario that was not run. */
export const toNotRun = (
  {
    name,
    file,
    seed,
    store,
    tags,
    round,
  }: Pick<ScenarioReport, 'name' | 'file' | 'seed' | 'store' | 'tags' | 'round'>,
  reason: string,
): ScenarioReport => ({
  ...emptyScenario,
  name,
  file,
  seed,
  ...(store !== undefined && { store }),
  tags,
  round,
  state: 'skipped',
  reason,
  duration: 0,
});

/** Adds a round to the report of a run. The report of the first round is complete by itself. */
export const addRound = (before: Report | undefined, latest: Report, round: number): Report => {
  if (before === undefined || round === 1) return latest;
  const scenarios = [...before.scenarios.filter((each) => each.round < round), ...latest.scenarios];
  return {
    ...latest,
    startedAt: before.startedAt,
    duration: Date.now() - Date.parse(before.startedAt),
    kubernetes: latest.kubernetes ?? before.kubernetes,
    scenarios,
    totals: countStates(scenarios),
  };
};
