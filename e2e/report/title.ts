import type { Report, ScenarioReport } from './schema.ts';

/**
 * How a report's scenarios are called where several rounds stand side by side: by name, and by round where
 * there was more than one.
 */
export const titlesOf = ({
  scenarios,
}: Pick<Report, 'scenarios'>): ((scenario: ScenarioReport) => string) => {
  const several = scenarios.some(({ round }) => round > 1);
  return ({ name, round }) => (several ? `${name} (round ${round})` : name);
};
