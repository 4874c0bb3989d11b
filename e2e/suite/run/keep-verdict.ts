import type { TestContext } from 'vitest';
import type { RunConfig } from '../../config/config.ts';
import { outcomeFields } from '../../report/collect.ts';
import type { ScenarioRecord } from '../../report/record.ts';
import { writeVerdict } from '../../report/verdicts.ts';

/**
 * Writes a verdict to the run's folder at once, because the parent processes may be killed before they write a
 * report. An error is printed and does not change the verdict.
 */
export const keepVerdict = (
  { out, round }: Pick<RunConfig, 'out' | 'round'>,
  {
    context,
    record: { seed, store, cells, proves },
    outcome,
  }: {
    context: TestContext;
    record: ScenarioRecord;
    outcome: NonNullable<ScenarioRecord['outcome']>;
  },
): void => {
  const { name, file, tags = [] } = context.task;
  const scenario = {
    name,
    file: file.name,
    seed,
    ...(store !== undefined && { store }),
    ...(cells && { cells: [...cells] }),
    ...(proves && { proves: [...proves] }),
    tags: [...tags],
    round,
    ...outcomeFields(outcome),
  };
  try {
    writeVerdict(out, { kubernetes: outcome.kubernetes, scenario });
  } catch (error) {
    console.error(`The verdict of "${name}" cannot be written: ${(error as Error).message}`);
  }
};
