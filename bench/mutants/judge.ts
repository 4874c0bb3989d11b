import { formatDuration } from '../../e2e/kube/duration.ts';
import { decisionOf } from '../../e2e/report/decision-of.ts';
import type { ScenarioReport } from '../../e2e/report/schema.ts';
import type { SoakRun } from '../../e2e/soak/actions.ts';

/**
 * What came of a scenario: on a mutant it is to be killed, without a bug to pass, or to show one that Longhorn
 * has; with that mended it is to say so.
 */
export type Fate =
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

/** A scenario, judged: the step that failed first, and why it did, in one line. */
export type JudgedScenario = { fate: Fate; step: string | null; reason: string | null };

type MutantScenario = ScenarioReport | undefined;

/** The step with which every scenario ends, whatever happened. */
const cleanup = 'Cleanup';

const describeScenario = (scenario: MutantScenario): Omit<JudgedScenario, 'fate'> => ({
  step: scenario?.steps.find(({ state }) => state === 'failed')?.sentence ?? null,
  reason:
    scenario === undefined ? 'the report does not have it' : scenario.reason && firstOf(scenario.reason),
});

// Of one that only announces a list, the first of it is kept too.
const firstOf = (reason: string): string =>
  /^.*?(?<=:)\n.*/.exec(reason)?.[0].replace('\n', ' ') ?? decisionOf(reason);

/** Judges what a scenario came to on a mutant; `by` is the pattern of the step that must have failed. */
export const judgeMutant = (scenario: MutantScenario, by: RegExp): JudgedScenario => {
  const outcome = describeScenario(scenario);
  const { step } = outcome;
  const fate = (): Fate => {
    if (scenario === undefined || scenario.state === 'skipped') return 'not run';
    if (scenario.state === 'passed') return 'SURVIVED';
    if (scenario.state === 'not-provable') return 'not provable';
    if (step !== null && step !== cleanup && by.test(step)) return 'killed';
    // A `given` that fails proves nothing of what the scenario is about, where it is not the one that is to
    // notice.
    return step?.startsWith('Given ') ? 'died in its set-up' : 'killed by another assertion';
  };
  return { fate: fate(), ...outcome };
};

/** What a soak is to find a bug within, and to reduce its actions to. */
export const soakGoal = { minutes: 10, actions: 6 } as const;

/** The same of a soak, which has to find it early, and to reduce it to few actions; `run` is the reduced one. */
export const judgeSoak = (scenario: MutantScenario, by: RegExp, run: SoakRun | undefined): JudgedScenario => {
  const judged = judgeMutant(scenario, by);
  if (judged.fate !== 'killed') return judged;
  const { actions = [], found = Number.POSITIVE_INFINITY } = run ?? {};
  const reason = `${judged.reason}; found after ${formatDuration(found)}, reduced to ${actions.length} actions`;
  const fate = (): Fate => {
    if (found > soakGoal.minutes * 60_000) return 'FOUND TOO LATE';
    return actions.length > soakGoal.actions ? 'NOT REDUCED' : 'killed';
  };
  return { ...judged, fate: fate(), reason };
};

/** Judges what a scenario came to on the emulator without a bug but those that Longhorn has. */
export const judgeControl = (scenario: MutantScenario): JudgedScenario => {
  const fate = (): Fate => {
    if (scenario?.state === 'known-bug') return 'showed the known bug';
    return scenario?.state === 'passed' ? 'passed without a bug' : 'FAILED WITHOUT A BUG';
  };
  return { fate: fate(), ...describeScenario(scenario) };
};

/** Judges what a scenario came to on the emulator with this known bug mended. */
export const judgeFixed = (scenario: MutantScenario, bug: string): JudgedScenario => {
  const isFixed =
    scenario?.state === 'passed' && scenario.bugs?.some(({ id, kept }) => id === bug && kept) === true;
  return { fate: isFixed ? 'fixed here' : 'NOT FIXED', ...describeScenario(scenario) };
};

/** Whether a scenario may have left something in the cluster: it did not say that it has cleaned up. */
export const isLeftDirty = (scenario: MutantScenario): boolean =>
  !scenario?.steps.some(({ sentence, state }) => sentence.startsWith(cleanup) && state === 'passed');
