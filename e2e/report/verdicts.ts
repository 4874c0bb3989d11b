import { closeSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { timeKey } from './expected-times.ts';
import { countStates, type Report, reportSchema, type ScenarioReport } from './schema.ts';

const { kubernetes, scenarios } = reportSchema.shape;

/** A line of `verdicts.ndjson`: a scenario as it stands in the report, and the cluster that it ran on. */
const verdictSchema = z.strictObject({ kubernetes, scenario: scenarios.element });

type Verdict = z.infer<typeof verdictSchema>;

/** Names the file of a run's verdicts in its folder of results. */
export const verdictsPath = (out: string): string => join(out, 'verdicts.ndjson');

/**
 * Adds a verdict to those of a run, in one write: any number of processes may do that at once, and none loses
 * it by being killed. A later one of the same scenario and round takes its place.
 */
export const writeVerdict = (out: string, verdict: Verdict): void => {
  mkdirSync(out, { recursive: true });
  const file = openSync(verdictsPath(out), 'a');
  try {
    writeSync(file, `${JSON.stringify(verdict)}\n`);
  } finally {
    closeSync(file);
  }
};

const readVerdicts = (out: string): Verdict[] => {
  let text: string;
  try {
    text = readFileSync(verdictsPath(out), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  const lines = text.split('\n');
  // Half a line was being written when the machine went down.
  return lines.slice(0, -1).map((line) => verdictSchema.parse(JSON.parse(line)));
};

const keyOf = (scenario: Verdict['scenario']): string => `${scenario.round} ${timeKey(scenario)}`;

/**
 * Puts the verdicts on disk in the place of scenarios that could not say how they ended, because a process had
 * been killed.
 */
export const recoverScenarios = (out: string, scenarios: readonly ScenarioReport[]): ScenarioReport[] => {
  const verdicts = new Map(readVerdicts(out).map(({ scenario }) => [keyOf(scenario), scenario]));
  return scenarios.map((each) => (each.startedAt === null ? (verdicts.get(keyOf(each)) ?? each) : each));
};

/** The same for a whole report. */
export const withVerdicts = (out: string, report: Report): Report => {
  const recovered = recoverScenarios(out, report.scenarios);
  return {
    ...report,
    kubernetes: report.kubernetes ?? readVerdicts(out)[0]?.kubernetes ?? null,
    scenarios: recovered,
    totals: countStates(recovered),
  };
};
