import { expect, test } from 'vitest';
import { runSuite } from '../support/run-suite.ts';

const suite = {
  'a.e2e.ts': `
const [begun, cleansUp] = [Promise.withResolvers(), Promise.withResolvers()];
scenario('It fails', {}, async ({ later }) => {
  later(cleansUp.resolve);
  await begun.promise;
  throw Object.assign(new Error('broken'), { verdict: {} });
});
scenario('It is at work', { exclusive: ['longhorn-managers'] }, async ({ does, exclusive, later }) => {
  later(() => does('Then it cleans up'));
  begun.resolve();
  await cleansUp.promise;
  await exclusive('longhorn-managers');
  await does('Then it ends');
});
scenario('It waits for a place', {}, async ({ does }) => does('Given a thing'));
scenario('It waits as well', {}, async ({ does }) => does('Given a thing'));
`,
};
const notBegun = 'not begun, as --max-failures was reached';

test('after as many failures nothing begins; what is at work ends, also alone, and cleans up', async () => {
  const ended = await runSuite(suite, { flags: ['--max-failures', '1', '--workers', '2'] });
  expect(ended.exitCode).toBe(1);
  expect(ended.report?.scenarios.map(({ name, state, reason }) => [name, state, reason])).toEqual([
    ['It fails', 'failed', 'broken'],
    ['It is at work', 'passed', null],
    ['It waits for a place', 'skipped', notBegun],
    ['It waits as well', 'skipped', notBegun],
  ]);
  expect(ended.report?.scenarios[1]?.steps.map(({ sentence }) => sentence).slice(-2)).toEqual([
    'Then it ends',
    'Then it cleans up',
  ]);
  expect(ended.stdout).toContain('1 passed, 1 failed, 2 skipped');
});
