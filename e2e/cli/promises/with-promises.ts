import { shownBugs } from '../../report/judged.ts';
import type { JudgedPromise, Report, ScenarioReport } from '../../report/schema.ts';
import { type DocumentedPromise, readPromises } from './map.ts';

/** The worst state comes first. */
const states: readonly JudgedPromise['state'][] = ['failed', 'known-bug', 'kept', 'not-checked'];

/** The result of a scenario for a promise that it judges. */
const stateOf = (scenario: ScenarioReport, promise: DocumentedPromise): JudgedPromise['state'] => {
  const { state } = scenario;
  if (state === 'failed') return 'failed';
  if (state === 'passed') return 'kept';
  const bugs = 'bugs' in promise ? promise.bugs : [];
  // With another bug, the scenario may have ended before it judged this promise.
  return state === 'known-bug' && shownBugs(scenario).some((bug) => bugs.includes(bug))
    ? 'known-bug'
    : 'not-checked';
};

const judge = (scenarios: readonly ScenarioReport[], promise: DocumentedPromise): JudgedPromise[] => {
  const { id, severity } = promise;
  const judging = scenarios
    .filter(({ proves = [] }) => proves.includes(id))
    .map((scenario) => ({ name: scenario.name, state: stateOf(scenario, promise) }));
  const state = states.find((each) => judging.some((said) => said.state === each));
  if (state === undefined) return [];
  const names = new Set(judging.filter((said) => said.state === state).map(({ name }) => name));
  return [{ id, promise: promise.promise, severity, state, scenarios: [...names] }];
};

/** Adds the results for the promises of Longhorn's documents to a report, the worst first. */
export const withPromises = (report: Report): Report => {
  if (!report.scenarios.some(({ proves = [] }) => proves.length > 0)) return report;
  const all = readPromises().flatMap(({ promises }) => promises);
  const judged = all
    .flatMap((promise) => judge(report.scenarios, promise))
    .toSorted(
      (one, other) =>
        states.indexOf(one.state) - states.indexOf(other.state) || other.severity - one.severity,
    );
  return { ...report, promises: { judged, others: all.length - judged.length } };
};
