import { describeJudged } from './judged.ts';
import { countStates, type Report, type ScenarioReport, schemaVersion } from './schema.ts';

/** Puts a report together; what follows from the rest (totals, what was judged, how long it took) is worked out here. */
export const composeReport = (
  known: Pick<Report, 'run' | 'provider' | 'target' | 'kubernetes' | 'end' | 'scenarios'> & { startedAt: Date },
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
  scenarios: known.scenarios,
  totals: countStates(known.scenarios),
});

/** A scenario that did not get to run. */
export const toUnplayed = (scenario: Pick<ScenarioReport, 'name' | 'file' | 'seed' | 'tags'>, reason: string): ScenarioReport => ({
  ...scenario,
  state: 'skipped',
  reason,
  duration: 0,
  steps: [],
  findings: [],
});
