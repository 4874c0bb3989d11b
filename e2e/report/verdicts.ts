import { closeSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { timeKey } from './expected-times.ts';
import { countStates, type Report, reportSchema, type ScenarioReport } from './schema.ts';

const { kubernetes, scenarios } = reportSchema.shape;

/** A line of `verdicts.ndjson`: the report of a scenario, and its cluster. */
const verdictSchema = z.strictObject({ kubernetes, scenario: scenarios.element });

type Verdict = z.infer<typeof verdictSchema>;

export const verdictsPath = (out: string): string => join(out, 'verdicts.ndjson');

/**
 * Appends a verdict in a single write. Several processes may do this at once, and a verdict is not lost if its
 * process is killed afterwards. A later verdict of the same scenario and round replaces an earlier one.
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
  // An incomplete last line was being written when the machine stopped.
  return lines.slice(0, -1).map((line) => verdictSchema.parse(JSON.parse(line)));
};

const keyOf = (scenario: Verdict['scenario']): string => `${scenario.round} ${timeKey(scenario)}`;

/**
 * Replaces scenarios without a result by their verdicts on disk: the process that would have reported them was killed.
 */
export const recoverScenarios = (out: string, scenarios: readonly ScenarioReport[]): ScenarioReport[] => {
  const verdicts = new Map(readVerdicts(out).map(({ scenario }) => [keyOf(scenario), scenario]));
  return scenarios.map((each) => (each.startedAt === null ? (verdicts.get(keyOf(each)) ?? each) : each));
};

/** Does the same for a whole report. */
export const withVerdicts = (out: string, report: Report): Report => {
  const recovered = recoverScenarios(out, report.scenarios);
  return {
    ...report,
    kubernetes: report.kubernetes ?? readVerdicts(out)[0]?.kubernetes ?? null,
    scenarios: recovered,
    totals: countStates(recovered),
  };
};
