import { expect, test } from 'vitest';
import { runSuite } from '../support/run-suite.ts';

const suite = `
scenario('It passes', {}, async ({ does, atTheEnd, later }) => {
  later(() => does('Clean-up'));
  atTheEnd(() => does('Then all is judged'));
  await does('When it begins');
});

scenario('Its own steps pass', {}, async ({ does, atTheEnd, later }) => {
  later(() => does('Clean-up'));
  atTheEnd(() => does('Then all is judged', () => { throw new Error('nobody knows this message'); }));
  await does('When it begins');
});

scenario('Its own steps fail', {}, async ({ does, atTheEnd, later }) => {
  later(() => does('Clean-up'));
  atTheEnd(() => does('Then all is judged'));
  await does('When it begins', () => { throw new Error('it did not'); });
});
`;

test('what is judged at the end comes after the steps and before the clean-up, and fails the scenario', async () => {
  const run = await runSuite({ 'one.e2e.ts': suite });
  expect(run.exitCode).toBe(1);
  const scenarios = run.report?.scenarios ?? [];
  const told = scenarios.map(({ state, steps }) => [state, ...steps.map((step) => `${step.sentence}: ${step.state}`)]);
  expect(told).toEqual([
    ['passed', 'When it begins: passed', 'Then all is judged: passed', 'Clean-up: passed'],
    ['failed', 'When it begins: passed', 'Then all is judged: failed', 'Clean-up: passed'],
    ['failed', 'When it begins: failed', 'Clean-up: passed'],
  ]);
  expect(scenarios.map(({ reason }) => reason?.split('\n')[0])).toEqual([undefined, 'nobody knows this message', 'it did not']);
});
