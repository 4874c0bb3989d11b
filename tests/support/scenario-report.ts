import { describeJudged } from '../../e2e/report/judged.ts';
import { countStates, emptyScenario, type Report, type ScenarioReport } from '../../e2e/report/schema.ts';

/** The report of a scenario that passed in 1 s, with changes. */
export const scenarioReport = (name: string, change: Partial<ScenarioReport> = {}): ScenarioReport => ({
  ...emptyScenario,
  name,
  file: 'one.e2e.ts',
  seed: null,
  tags: [],
  round: 1,
  state: 'passed',
  reason: null,
  duration: 1000,
  ...change,
});

/** The report of a finished run of these scenarios in the lab, with changes. */
export const sampleReport = (scenarios: ScenarioReport[] = [], change: Partial<Report> = {}): Report => {
  const target = change.target ?? { name: 'official', version: 'v1.12.1' };
  return {
    schemaVersion: 1,
    run: 'abc123',
    startedAt: '2026-11-20T09:00:00.000Z',
    duration: 61_000,
    provider: 'lab',
    target,
    kubernetes: { server: 'https://127.0.0.1:6443', context: 'corral', version: 'v1.34.1' },
    judged: describeJudged(target),
    end: { state: 'finished', reason: null },
    scenarios,
    totals: countStates(scenarios),
    ...change,
  };
};
