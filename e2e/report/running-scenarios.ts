import type { ScenarioIdentity } from './narrator.ts';
import type { Awaiting, ScenarioEvent } from './record.ts';

/** A step that has not ended. `at` is its start, in ms since the epoch. */
type OpenStep = { sentence: string; at: number };

/** A wait. `since`: the start of the current state. `at`: the first event of the wait. Both in ms since the epoch. */
export type Awaited = Omit<Awaiting, 'kind' | 'id' | 'since'> & { since: number; at: number };

/** A scenario that has not ended: its current step and its current wait, if any. */
export type RunningScenario = {
  test: ScenarioIdentity;
  at: number;
  step: OpenStep | undefined;
  awaited: Awaited | undefined;
};

type Known = {
  test: ScenarioIdentity;
  at: number;
  steps: Map<number, OpenStep>;
  awaited: Map<number, Awaited>;
};

const lastOf = <T>(map: Map<number, T>): T | undefined => [...map.values()].at(-1);

const toRunning = ({ test, at, steps, awaited }: Known): RunningScenario => ({
  test,
  at,
  step: lastOf(steps),
  awaited: lastOf(awaited),
});

/** Tracks the current step and the current wait of each scenario from its events. */
export const trackRunningScenarios = (now: () => number) => {
  const known = new Map<string, Known>();

  const learnAwaited = (scenario: Known, { kind: _, id, since, ...event }: Awaiting): void => {
    const at = scenario.awaited.get(id)?.at ?? now();
    scenario.awaited.set(id, { ...event, since: Date.parse(since), at });
  };

  return {
    learn: (test: ScenarioIdentity, event: ScenarioEvent): void => {
      if (event.kind === 'start')
        known.set(test.id, { test, at: now(), steps: new Map(), awaited: new Map() });
      const scenario = known.get(test.id);
      if (scenario === undefined) return;
      if (event.kind === 'step-begins')
        scenario.steps.set(event.id, { sentence: event.sentence, at: Date.parse(event.at) });
      if (event.kind === 'step') scenario.steps.delete(event.id);
      if (event.kind === 'premise-lost') known.delete(test.id);
      if (event.kind === 'awaits') learnAwaited(scenario, event);
      if (event.kind === 'awaited') scenario.awaited.delete(event.id);
    },
    /** The wait with an id, as last reported. */
    awaited: (test: ScenarioIdentity, id: number): Awaited | undefined => known.get(test.id)?.awaited.get(id),
    ends: (test: ScenarioIdentity): void => void known.delete(test.id),
    all: (): RunningScenario[] => [...known.values()].map(toRunning),
  };
};
