import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runCommandIn, runSuite, suiteOf, withSuite } from '../support/run-suite.ts';

const suite = suiteOf('repeat');

test('--repeat runs rounds, listed in a table and in the report; what fails or is not provable counts for --max-failures over all of them', async () => {
  let evidence: string[] = [];
  const ended = await withSuite(suite, async ({ folder, config }) => {
    await mkdir(join(folder, 'out/evidence/of-another-run'), { recursive: true });
    const flags = ['--repeat', '3', '--workers', '1', '--max-failures', '4'];
    const result = await runCommandIn(folder, config, { flags });
    evidence = await readdir(join(folder, 'out/evidence'));
    return result;
  });
  expect(ended.exitCode).toBe(1);
  const [, table = ''] = ended.stdout.split(/(?=\n2 rounds of 3:)/);
  expect(table.replace(/ {2,}/g, ' ')).toMatchInlineSnapshot(`
    "
    2 rounds of 3: ✓ passed, ! known bug, ✗ failed, ? not provable, - skipped

    rounds passed failed skipped min median max
    ?? 0 2 0 <time> <time> <time> It is not provable
    -- 0 0 2 - - - It is skipped
    ✗✓ 1 1 0 <time> <time> <time> It fails once
    ✓✓ 2 0 0 <time> <time> <time> It passes
    ✓✗ 1 1 0 <time> <time> <time> It fails in the second round
    Taking the cluster down ...
    Taking the cluster down: <time>
    Page: out/report.html"
  `);
  for (const round of [1, 2]) expect(ended.stdout).toContain(`\nRound ${round} of 3\n`);
  const statesOf = (of: number) =>
    ended.report?.scenarios.flatMap(({ round, state }) => (round === of ? [state] : [])).join(' ');
  expect(statesOf(1)).toBe('not-provable skipped failed passed passed');
  expect(statesOf(2)).toBe('not-provable skipped passed passed failed');
  expect(ended.report?.scenarios).toHaveLength(10);
  // What an earlier run kept is gone, what an earlier round of this one kept is not.
  expect(evidence).not.toContain('of-another-run');
  expect(evidence.filter((name) => name.startsWith('it-fails-once')).toSorted()).toEqual([
    'it-fails-once',
    'it-fails-once-r2',
    'it-fails-once.tar.gz',
  ]);
});

test('a round whose process dies is the last, is in the report beside those before it, and is no success', async () => {
  const dies = `scenario('It passes once', {}, async ({ does }) => {
  if (JSON.parse(process.env.CORRAL_CONFIG).round === 2)
    for (const pid of [process.ppid, process.pid]) process.kill(pid, 'SIGKILL');
  await does('Given a thing', () => new Promise((resolve) => setTimeout(resolve, 100)));
});`;
  const ended = await runSuite({ 'a.e2e.ts': dies }, { flags: ['--repeat', '3'] });
  expect(ended.exitCode).toBe(3);
  expect(ended.stdout).toContain('\n2 rounds of 3: ');
  expect(ended.stderr).toBe('e2e: the process that runs the scenarios ended with SIGKILL');
  const reason = 'the process that runs the scenarios ended with SIGKILL';
  const [first, second] = ended.report?.scenarios ?? [];
  expect(first).toMatchObject({ round: 1, state: 'passed' });
  expect(second).toMatchObject({ round: 2, state: 'skipped', reason });
  expect(ended.report?.end).toEqual({ state: 'runner-died', reason });
});
