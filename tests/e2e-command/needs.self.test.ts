import { expect, test } from 'vitest';
import { leastEnvironment, runBare, withSuite } from '../support/run-suite.ts';

const suite = { 'one.e2e.ts': `scenario('A node dies', { needs: ['lab'] }, async ({ does }) => does('When a node dies'));` };

test.each([
  [undefined, { state: 'skipped', reason: 'needs the lab (its nodes can be made to fail)' }],
  ['/nowhere', { state: 'passed', reason: null }],
])('a scenario that needs the lab, on the lab %s', async (lab, expected) => {
  const env = { ...leastEnvironment, ...(lab === undefined ? {} : { CORRAL_LAB: lab }) };
  const run = await withSuite(suite, ({ folder, config }) => runBare(folder, config, { env }));
  expect(run.exitCode).toBe(0);
  expect(run.report?.scenarios[0]).toMatchObject(expected);
});
