import type { Report, ScenarioReport } from './schema.ts';

/**
 * Returns a function that names a scenario of a report. The name includes the round if the report has several rounds.
 */
export const titlesOf = ({
  scenarios,
}: Pick<Report, 'scenarios'>): ((scenario: ScenarioReport) => string) => {
  const several = scenarios.some(({ round }) => round > 1);
  return ({ name, round }) => (several ? `${name} (round ${round})` : name);
};
