import { formatDuration } from '../../e2e/kube/duration.ts';
import { decisionOf } from '../../e2e/report/decision-of.ts';
import type { ScenarioReport } from '../../e2e/report/schema.ts';
import type { SoakRun } from '../../e2e/soak/actions.ts';

/**
 * The outcome of a scenario. With a mutant it must be killed. Without a bug it must pass, or show a known bug
 * of Longhorn. With that bug fixed it must report the fix.
 */
export type ScenarioOutcome =
  | 'killed'
  | 'killed by another assertion'
  | 'died in its set-up'
  | 'not provable'
  | 'not run'
  | 'SURVIVED'
  | 'passed without a bug'
  | 'showed the known bug'
  | 'fixed here'
  | 'NOT FIXED'
  | 'FAILED WITHOUT A BUG'
  | 'FOUND TOO LATE'
  | 'NOT REDUCED';

/** A judged scenario: the step that failed first, and the reason in one line. */
export type JudgedScenario = { outcome: ScenarioOutcome; step: string | null; reason: string | null };

type MutantScenario = ScenarioReport | undefined;

/** The step that ends every scenario, whatever happened. */
const cleanup = 'Cleanup';

const describeScenario = (scenario: MutantScenario): Omit<JudgedScenario, 'outcome'> => ({
  step: scenario?.steps.find(({ state }) => state === 'failed')?.sentence ?? null,
  reason:
    scenario === undefined ? 'the report does not have it' : scenario.reason && firstOf(scenario.reason),
});

// A first line that ends with a colon announces a list. The first item of the list is kept too.
const firstOf = (reason: string): string =>
  /^.*?(?<=:)\n.*/.exec(reason)?.[0].replace('\n', ' ') ?? decisionOf(reason);

/** Judges a scenario's outcome on a mutant. `by` matches the sentence of the step that must fail. */
export const judgeMutant = (scenario: MutantScenario, by: RegExp): JudgedScenario => {
  const described = describeScenario(scenario);
  const { step } = described;
  const outcome = (): ScenarioOutcome => {
    if (scenario === undefined || scenario.state === 'skipped') return 'not run';
    if (scenario.state === 'passed') return 'SURVIVED';
    if (scenario.state === 'not-provable') return 'not provable';
    if (step !== null && step !== cleanup && by.test(step)) return 'killed';
    // A failed `given` step proves nothing about the scenario's subject, unless it is the step that must
    // fail.
    return step?.startsWith('Given ') ? 'died in its set-up' : 'killed by another assertion';
  };
  return { outcome: outcome(), ...described };
};

/** A soak must find a bug within these minutes, and reduce its run to this many actions. */
export const soakGoal = { minutes: 10, actions: 6 } as const;

/**
 * Judges a soak on a mutant: it must find the bug early and reduce it to few actions. `run` is the reduced
 * run.
 */
export const judgeSoak = (scenario: MutantScenario, by: RegExp, run: SoakRun | undefined): JudgedScenario => {
  const judged = judgeMutant(scenario, by);
  if (judged.outcome !== 'killed') return judged;
  const { actions = [], found = Number.POSITIVE_INFINITY } = run ?? {};
  const reason = `${judged.reason}; found after ${formatDuration(found)}, reduced to ${actions.length} actions`;
  const outcome = (): ScenarioOutcome => {
    if (found > soakGoal.minutes * 60_000) return 'FOUND TOO LATE';
    return actions.length > soakGoal.actions ? 'NOT REDUCED' : 'killed';
  };
  return { ...judged, outcome: outcome(), reason };
};

/** Judges a scenario's outcome on the emulator with only the bugs that Longhorn has. */
export const judgeControl = (scenario: MutantScenario): JudgedScenario => {
  const outcome = (): ScenarioOutcome => {
    if (scenario?.state === 'known-bug') return 'showed the known bug';
    return scenario?.state === 'passed' ? 'passed without a bug' : 'FAILED WITHOUT A BUG';
  };
  return { outcome: outcome(), ...describeScenario(scenario) };
};

/** Judges a scenario's outcome on the emulator with this known bug fixed. */
export const judgeFixed = (scenario: MutantScenario, bug: string): JudgedScenario => {
  const isFixed =
    scenario?.state === 'passed' && scenario.bugs?.some(({ id, kept }) => id === bug && kept) === true;
  return { outcome: isFixed ? 'fixed here' : 'NOT FIXED', ...describeScenario(scenario) };
};

/**
 * Whether a scenario may have left something in the cluster, because its report has no successful cleanup.
 */
export const mayLeaveObjects = (scenario: MutantScenario): boolean =>
  !scenario?.steps.some(({ sentence, state }) => sentence.startsWith(cleanup) && state === 'passed');
