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

/** Prints scenarios on the console. If several scenarios run at once, each line has the number of its scenario. */
type ScenarioPrinter = {
  /** Prints lines that belong to no scenario. */
  say(lines: readonly string[]): void;
  /** Like `say`. The next line of a scenario is then printed with its name. */
  interrupted(lines: readonly string[]): void;
  starts(test: ScenarioId): void;
  step(test: ScenarioId, step: ReportStep): void;
  /** Prints a line about a scenario that is no step. */
  remark(test: ScenarioId, text: string): void;
  /** Prints a failure when it happens. */
  failed(test: ScenarioId, failure: Failure): void;
  /** Prints that a scenario lost a premise. It runs again after all other scenarios have ended. */
  premiseLost(test: ScenarioId, reason: string): void;
  /** Prints the result of a scenario, with its name if that was not printed directly above. */
  ends(test: ScenarioId, scenario: ScenarioReport): void;
  /** Sets how many scenarios run at once. All output waits for this call, because its format depends on the number. */
  atOnce(count: number): void;
  /** The number of a scenario. Undefined if only one scenario runs at a time. */
  tagOf(test: ScenarioId): Tag;
};

/**
 * Creates the printer of a run. `print` gets lines that belong together in one call. `brief` is for output that is
 * read later, such as the log of a CI job: one line per scenario, and the steps only of a scenario that fails,
 * together with its failure. Brief lines are not interleaved, so they need no numbers.
 */
export const createScenarioPrinter = (
  print: (lines: readonly string[]) => void,
  paint: Paint,
  { brief }: { brief: boolean },
): ScenarioPrinter => {
  const numbers = new Map<string, number>();
  const failures = new Map<string, Failure>();
  /** If brief: the steps of running scenarios. They are printed only if the scenario fails. */
  const held = new Map<string, string[]>();
  let waiting: (() => void)[] = [];
  let count = brief ? 1 : undefined;
  /** The id of the scenario that was printed last. */
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
    interrupted: (lines) =>
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
