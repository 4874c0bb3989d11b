import { describe, expect, test } from 'vitest';
import { expected, mended } from '../../../bench/mutants/expected.ts';
import { sentencePattern } from '../../../bench/mutants/patterns.ts';
import { isCalled, sentenceOf } from '../../../bench/mutants/run.ts';
import { readProject } from '../../../e2e/cli/traceability/trace.ts';
import { mutants } from '../../../emulator/mutants.ts';

const { scenarios, steps } = readProject();
const kills = Object.entries(expected).flatMap(([mutant, all]) => all.map((kill) => ({ mutant, ...kill })));

const written = [...scenarios.values()].flatMap((file) => file.scenarios);

test('every mutant of the emulator has a row, and every row a mutant', () => {
  expect(Object.keys(expected).sort()).toEqual(Object.keys(mutants).sort());
});

test.for(Object.entries(expected))('some scenario must kill %s', ([, all]) => {
  expect(all.length).toBeGreaterThan(0);
});

describe.for(kills)('$mutant on "$scenario"', ({ scenario, by }) => {
  test('there is such a scenario, and it has the step that must notice', () => {
    const calls = written.find((each) => isCalled(each, scenario))?.calls;
    expect(calls).toBeDefined();
    if (!steps.always.has(by)) expect(calls).toContain(by);
  });

  test('that step is one that judges, or has Longhorn do what the bug is about', () => {
    expect(sentenceOf(steps, by)).toMatch(by === 'given.volume' ? /^Given a volume / : /^Then /);
  });

  test('its sentence is not that of every step', () => {
    expect(sentencePattern(sentenceOf(steps, by)).test('Then something else')).toBe(false);
  });
});

test.for(Object.entries(mended))(
  '%s is said to be fixed by a scenario, or shows in the matrix',
  ([, names]) => {
    for (const name of names)
      expect(written.find((scenario) => isCalled(scenario, name))?.calls).toContain('then.keeps');
  },
);

test('a step that there is not is an error', () => {
  expect(() => sentenceOf(steps, 'then.noSuchStep')).toThrow(
    'names the step then.noSuchStep, which there is not',
  );
});
