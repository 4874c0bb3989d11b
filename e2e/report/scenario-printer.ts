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
import type { ScenarioIdentity as Whole } from './narrator.ts';
import type { Failure, ReportStep, ScenarioReport } from './schema.ts';

type ScenarioId = Pick<Whole, 'id' | 'name'>;

/**
 * Prints the scenarios on the console, each line with the number of its scenario where several are printed at
 * once.
 */
export type ScenarioPrinter = {
  /** Lines that belong to no scenario. */
  say(lines: readonly string[]): void;
  /** Lines after which nobody remembers which scenario was printed last. */
  breaksOff(lines: readonly string[]): void;
  starts(test: ScenarioId): void;
  step(test: ScenarioId, step: ReportStep): void;
  /** A line on a scenario beside its steps. */
  remark(test: ScenarioId, text: string): void;
  /** A failure where it happened. */
  failed(test: ScenarioId, failure: Failure): void;
  /** Its premise was lost, complete: it runs again when all others have ended. */
  premiseLost(test: ScenarioId, reason: string): void;
  /** How it ended, with its name where that was not printed right before. */
  ends(test: ScenarioId, scenario: ScenarioReport): void;
  /** Sets how many scenarios are printed at once; before that, everything waits, as it looks different then. */
  atOnce(count: number): void;
  /** The number of a scenario, where there are numbers. */
  tagOf(test: ScenarioId): Tag;
};

/**
 * Makes the printer of a run; `print` gets what belongs together in one go. A `brief` one is for who reads it later, as
 * in a job of CI: a line a scenario, and the steps only of one that fails, together with what is said of them. Nothing
 * is interleaved there, so nothing needs a number.
 */
export const createScenarioPrinter = (
  print: (lines: readonly string[]) => void,
  paint: Paint,
  { brief }: { brief: boolean },
): ScenarioPrinter => {
  const numbers = new Map<string, number>();
  const failures = new Map<string, Failure>();
  /** Of a brief one, the steps that are printed only if their scenario fails. */
  const held = new Map<string, string[]>();
  let waiting: (() => void)[] = [];
  let count = brief ? 1 : undefined;
  /** The scenario that was printed last. */
  let last: string | undefined;

  const printOrWait = (compose: () => readonly string[]): void => {
    if (count === undefined) waiting.push(() => print(compose()));
    else print(compose());
  };
  const tagOf = ({ id }: ScenarioId): Tag => {
    if (count === undefined || count < 2) return undefined;
    if (!numbers.has(id)) numbers.set(id, numbers.size + 1);
    return String(numbers.get(id)).padStart(String(count).length);
  };
  const take = ({ id }: ScenarioId): string[] => {
    const taken = held.get(id) ?? [];
    held.delete(id);
    return taken;
  };
  return {
    say: (lines) => printOrWait(() => lines),
    breaksOff: (lines) =>
      printOrWait(() => {
        last = undefined;
        return lines;
      }),
    starts: (test) => {
      if (brief) return;
      printOrWait(() => {
        last = test.id;
        const isFirst = numbers.size === 0;
        const tag = tagOf(test);
        return [...(tag !== undefined && isFirst ? [''] : []), ...composeScenario(test.name, paint, tag)];
      });
    },
    step: (test, step) => {
      if (brief) held.set(test.id, [...(held.get(test.id) ?? []), ...composeStep(step, paint)]);
      else printOrWait(() => composeStep(step, paint, tagOf(test)));
    },
    remark: (test, text) => printOrWait(() => composeRemark(text, paint, tagOf(test))),
    failed: (test, failure) => {
      failures.set(test.id, failure);
      printOrWait(() => {
        const above = brief ? [...composeScenario(test.name, paint), ...take(test)] : [];
        last = test.id;
        return [...above, ...composeFailed(test.name, failure, paint, tagOf(test))];
      });
    },
    premiseLost: (test, reason) =>
      printOrWait(() => {
        take(test);
        last = test.id;
        const tag = tagOf(test);
        const isNamed = brief || tag !== undefined;
        return composePremiseLost(reason, paint, isNamed ? { tag, name: test.name } : {});
      }),
    ends: (test, scenario) =>
      printOrWait(() => {
        const tag = tagOf(test);
        const left = take(test);
        const steps = scenario.state === 'failed' || scenario.state === 'not-provable' ? left : [];
        const isHeaded = last !== test.id && (brief ? steps.length > 0 : tag === undefined);
        last = test.id;
        return [
          ...(isHeaded ? composeScenario(test.name, paint) : []),
          ...steps,
          ...composeEnding(scenario, paint, {
            tag,
            printed: failures.get(test.id),
            named: brief || tag !== undefined,
          }),
        ];
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
