import { describe, expect, test } from 'vitest';
import { expectedKills, scenariosOfFix } from '../../../bench/mutants/expected.ts';
import { isScenarioNamed, sentenceOf } from '../../../bench/mutants/run.ts';
import { readProject } from '../../../e2e/cli/traceability/trace.ts';
import { crashCellNamed } from '../../../e2e/crash-matrix/cells.ts';
import { crashOperations } from '../../../e2e/crash-matrix/operations.ts';
import { soakSeedOf } from '../../../e2e/soak/actions.ts';

const { scenarios, steps } = readProject();
const kills = Object.entries(expectedKills).flatMap(([mutant, all]) =>
  all.map((kill) => ({ mutant, ...kill })),
);

const written = [...scenarios.values()].flatMap((file) => file.scenarios);

describe.for(kills)('$mutant on "$scenario"', ({ scenario, by }) => {
  test('there is such a scenario, and it has the step that must notice', () => {
    if (soakSeedOf(scenario) !== undefined) return expect(steps.byId.has(by)).toBe(true);
    const operation = crashCellNamed(scenario)?.operation;
    if (operation !== undefined) return expect(Object.keys(crashOperations)).toContain(operation);
    const calls = written.find((each) => isScenarioNamed(each, scenario))?.calls;
    expect(calls).toBeDefined();
    if (!steps.always.has(by)) expect(calls).toContain(by);
  });

  test('that step is one that judges, or has Longhorn do what the bug is about', () => {
    expect(sentenceOf(steps, by)).toMatch(by === 'given.volume' ? /^Given a volume / : /^Then /);
  });
});

test.for(Object.entries(scenariosOfFix))(
  '%s is said to be fixed by a scenario, or shows in the matrix',
  ([, names]) => {
    for (const name of names)
      expect(written.find((scenario) => isScenarioNamed(scenario, name))?.calls).toContain('then.orKnownBug');
  },
);
