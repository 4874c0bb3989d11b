import {
  composeEnding,
  composeFailed,
  composePremiseLost,
  composeRemark,
  composeScenario,
  composeStep,
  type Paint,
  type Tag,
} from './console.ts';
import type { Told as Whole } from './narrator.ts';
import type { Failure, ScenarioReport, Step } from './schema.ts';

type Told = Pick<Whole, 'id' | 'name'>;

/**
 * Tells the scenarios on the console, each line with the number of its scenario where several are told at
 * once.
 */
export type Teller = {
  /** Lines that belong to no scenario. */
  say(lines: readonly string[]): void;
  /** Lines after which nobody remembers which scenario was told of last. */
  breaksOff(lines: readonly string[]): void;
  starts(test: Told): void;
  step(test: Told, step: Step): void;
  /** A line on a scenario beside its steps. */
  remark(test: Told, text: string): void;
  /** A failure where it happened. */
  failed(test: Told, failure: Failure): void;
  /** Its premise was lost, complete: it is played again when all others have ended. */
  premiseLost(test: Told, reason: string): void;
  /** How it ended, with its name where that was not told right before. */
  ends(test: Told, scenario: ScenarioReport): void;
  /** Says how many scenarios are told at once; before that, everything waits, as it looks different then. */
  atOnce(count: number): void;
  /** The number of a scenario, where there are numbers. */
  tagOf(test: Told): Tag;
};

/**
 * Makes the teller of a run for who reads it later, as in a job of CI: a line a scenario, and the steps only of one
 * that fails, together with what is told of them. Nothing is interleaved, so nothing needs a number.
 */
export const createBriefTeller = (print: (lines: readonly string[]) => void, paint: Paint): Teller => {
  const steps = new Map<string, string[]>();
  const failures = new Map<string, Failure>();
  /** The scenario that was told of last. */
  let last: string | undefined;
  const add = ({ id }: Told, lines: string[]): void =>
    void steps.set(id, [...(steps.get(id) ?? []), ...lines]);
  const take = ({ id }: Told): string[] => {
    const taken = steps.get(id) ?? [];
    steps.delete(id);
    return taken;
  };
  return {
    say: print,
    breaksOff: print,
    starts: () => {},
    step: (test, step) => add(test, composeStep(step, paint)),
    remark: () => {},
    failed: (test, failure) => {
      print([
        ...composeScenario(test.name, paint),
        ...take(test),
        ...composeFailed(test.name, failure, paint),
      ]);
      failures.set(test.id, failure);
      last = test.id;
    },
    premiseLost: (test, reason) => {
      take(test);
      print(composePremiseLost(reason, paint, { name: test.name }));
      last = test.id;
    },
    ends: (test, scenario) => {
      const left = take(test);
      const isBad = scenario.state === 'failed' || scenario.state === 'not-provable';
      const steps = isBad ? left : [];
      const heading = steps.length > 0 && last !== test.id ? composeScenario(test.name, paint) : [];
      const told = failures.get(test.id);
      print([...heading, ...steps, ...composeEnding(scenario, paint, { told, named: true })]);
      last = test.id;
    },
    atOnce: () => {},
    tagOf: () => undefined,
  };
};

/** Makes the teller of a run; `print` gets what belongs together in one go. */
export const createTeller = (print: (lines: readonly string[]) => void, paint: Paint): Teller => {
  const numbers = new Map<string, number>();
  const failures = new Map<string, Failure>();
  let waiting: (() => void)[] = [];
  let count: number | undefined;
  /** The scenario that was told of last. */
  let last: string | undefined;

  const tell = (compose: () => readonly string[]): void => {
    if (count === undefined) waiting.push(() => print(compose()));
    else print(compose());
  };
  const tagOf = ({ id }: Told): Tag => {
    if (count === undefined || count < 2) return undefined;
    if (!numbers.has(id)) numbers.set(id, numbers.size + 1);
    return String(numbers.get(id)).padStart(String(count).length);
  };
  return {
    say: (lines) => tell(() => lines),
    breaksOff: (lines) =>
      tell(() => {
        last = undefined;
        return lines;
      }),
    starts: (test) =>
      tell(() => {
        last = test.id;
        const isFirst = numbers.size === 0;
        const tag = tagOf(test);
        return [...(tag !== undefined && isFirst ? [''] : []), ...composeScenario(test.name, paint, tag)];
      }),
    step: (test, step) => tell(() => composeStep(step, paint, tagOf(test))),
    remark: (test, text) => tell(() => composeRemark(text, paint, tagOf(test))),
    failed: (test, failure) => {
      failures.set(test.id, failure);
      tell(() => composeFailed(test.name, failure, paint, tagOf(test)));
    },
    premiseLost: (test, reason) =>
      tell(() => {
        const tag = tagOf(test);
        return composePremiseLost(reason, paint, tag === undefined ? {} : { tag, name: test.name });
      }),
    ends: (test, scenario) =>
      tell(() => {
        const tag = tagOf(test);
        const heading = tag === undefined && last !== test.id ? composeScenario(test.name, paint, tag) : [];
        last = test.id;
        return [...heading, ...composeEnding(scenario, paint, { tag, told: failures.get(test.id) })];
      }),
    atOnce: (many) => {
      if (count !== undefined) return;
      count = many;
      for (const line of waiting) line();
      waiting = [];
    },
    tagOf,
  };
};
