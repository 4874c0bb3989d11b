import { type ScenarioReport, untold } from '../../e2e/report/schema.ts';

/** What a report holds of a scenario that passed in 1 s, or of one that differs from that. */
export const scenarioReport = (name: string, change: Partial<ScenarioReport> = {}): ScenarioReport => ({
  ...untold,
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
