import { expect, test } from 'vitest';
import { runSuite } from '../support/run-suite.ts';

const passes = (name: string) =>
  `scenario(${JSON.stringify(name)}, {}, async ({ does }) => does('Given a thing'));\n`;

// The same name in two files, names that are no regular expressions of themselves, and one that begins like
// another.
const suite = {
  'a.e2e.ts': passes('It waits') + passes('It waits (twice)') + passes('What? [a|b] + c'),
  'b.e2e.ts': passes('It waits') + passes('Another'),
};

test('a shard runs its part of what was chosen, and its report says which shard it is', async () => {
  const ended = await runSuite(suite, { flags: ['--shard', '2/2', '--only', 'It|What'] });
  expect(ended).toMatchObject({ exitCode: 0, stderr: '' });
  expect(ended.stdout).toMatch(/^2 scenarios \(shard 2\/2\), provider lab/);
  expect(ended.report?.scenarios.map(({ file, name }) => `${file} ${name}`).toSorted()).toEqual([
    'a.e2e.ts It waits (twice)',
    'a.e2e.ts What? [a|b] + c',
  ]);
  expect(ended.report?.shard).toEqual({ index: 2, of: 2, split: expect.stringMatching(/^[0-9a-f]{12}$/) });
});

test('a shard that gets no scenario ends green, says so, and brings no cluster', async () => {
  const ended = await runSuite(suite, { how: 'dies', flags: ['--shard', '7/8'] });
  expect(ended).toMatchObject({ exitCode: 0, stderr: '' });
  expect(ended.stdout).toMatch(
    /^shard 7\/8 gets no scenario of the chosen ones: none was run\n\n0 passed, 0 failed\n/,
  );
  expect(ended.report).toMatchObject({ shard: { index: 7, of: 8 }, scenarios: [] });
  expect(ended.report?.end.state).toBe('finished');
});
