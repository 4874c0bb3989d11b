import { dirname, join } from 'node:path';
import type { Report } from './schema.ts';
import { titlesOf } from './title.ts';

const marks = { failed: '✗', 'not-provable': '?' } as const;

/**
 * The scenarios of a report that did not pass, each with where it stopped and the folder of its evidence: what was told where it happened is far above
 * when a run ends. `path` is the report's, from where the run was started.
 */
export const listFailed = (report: Report, path: string): string[] => {
  const titleOf = titlesOf(report);
  return report.scenarios.flatMap((scenario) => {
    const { state, reason, failure, evidence } = scenario;
    if (state !== 'failed' && state !== 'not-provable') return [];
    const [first = ''] = (failure?.step ?? reason ?? '').split('\n');
    const below = [first, evidence ? join(dirname(path), evidence) : ''].filter((line) => line !== '');
    return [`  ${marks[state]} ${titleOf(scenario)}`, ...below.map((line) => `    ${line}`)];
  });
};
