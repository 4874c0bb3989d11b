import type { SerializedError, TestCase, TestModule } from 'vitest/node';
import type { ScenarioRecord } from './record.ts';
import { emptyScenario, type ScenarioReport } from './schema.ts';

/** The facts about a run that explain a scenario without a result. */
export type RunEnd = {
  interrupted: boolean;
  round: number;
  /** The current activity of each scenario that had begun, by the id of its test. */
  doing: ReadonlyMap<string, string>;
};

const describeErrors = (errors: readonly SerializedError[]): string =>
  errors.map((error) => error.stack || error.message).join('\n\n') || 'it gave no reason';

/** The path of a scenario file, relative to the project's folder. */
export const toFile = (module: TestModule): string => module.relativeModuleId;

const judgeSilent = (
  test: TestCase,
  { interrupted, doing }: RunEnd,
): Pick<ScenarioReport, 'state' | 'reason'> => {
  const result = test.result();
  if (result.state === 'failed') return { state: 'failed', reason: describeErrors(result.errors) };
  if (result.state === 'passed') return { state: 'passed', reason: null };
  if (interrupted) return { state: 'skipped', reason: 'interrupted before it started' };
  if (result.state === 'skipped') return { state: 'skipped', reason: result.note ?? null };
  const at = doing.get(test.id);
  if (at === undefined)
    return { state: 'skipped', reason: 'the process that runs the scenarios ended before this one began' };
  return {
    state: 'failed',
    reason: `the process that runs the scenarios ended before it did; it was at: ${at}`,
  };
};

/** Converts a vitest test into a scenario of the report. */
export const toScenario = (test: TestCase, end: RunEnd): ScenarioReport => {
  const { seed = null, store, cells, proves, outcome } = test.meta().corral ?? {};
  return {
    ...emptyScenario,
    name: test.name,
    file: toFile(test.module),
    seed,
    ...(store !== undefined && { store }),
    ...(cells && { cells: [...cells] }),
    ...(proves && { proves: [...proves] }),
    tags: [...test.tags],
    round: end.round,
    ...(outcome === undefined
      ? { ...judgeSilent(test, end), duration: Math.round(test.diagnostic()?.duration ?? 0) }
      : outcomeFields(outcome)),
  };
};

/** The fields of an outcome that a scenario of the report has. The cluster is a field of the whole report instead. */
export const outcomeFields = ({
  kubernetes: _,
  ...fields
}: NonNullable<ScenarioRecord['outcome']>): Omit<NonNullable<ScenarioRecord['outcome']>, 'kubernetes'> =>
  fields;

const failure = (
  { name, file, round }: { name: string; file: string; round: number },
  errors: readonly SerializedError[],
): ScenarioReport => ({
  ...emptyScenario,
  name,
  file,
  seed: null,
  tags: [],
  state: 'failed',
  reason: describeErrors(errors),
  duration: 0,
  round,
});

const loads = (file: string): string => `The scenarios of ${file} load`;

/**
 * Converts failures that belong to no scenario (files that do not load, stray errors) into failed scenarios, so that
 * no reader overlooks them.
 */
export const toStrayFailures = (
  modules: readonly TestModule[],
  errors: readonly SerializedError[],
  { interrupted, round }: Pick<RunEnd, 'interrupted' | 'round'>,
): ScenarioReport[] => {
  const broken = modules.filter((module) => module.errors().length > 0);
  // After an interruption vitest reports the cancelled work as errors.
  const stray = interrupted ? [] : errors;
  return [
    ...broken.map((module) =>
      failure({ name: loads(toFile(module)), file: toFile(module), round }, module.errors()),
    ),
    ...(stray.length > 0
      ? [failure({ name: 'Nothing fails outside the scenarios', file: '', round }, stray)]
      : []),
  ];
};

/** Whether a scenario of a report was created by toStrayFailures. */
export const isStray = ({ name, file }: Pick<ScenarioReport, 'name' | 'file'>): boolean =>
  file === '' || name === loads(file);
