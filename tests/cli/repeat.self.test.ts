import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runCommandIn, runSuite, withSuite } from '../support/run-suite.ts';

const suite = {
  'a.e2e.ts': `scenario('It fails now and then', {}, async ({ does }) => {
  await does('Then it works', () => {
    if (JSON.parse(process.env.CORRAL_CONFIG).round !== 2) throw Object.assign(new Error('not this time'), { verdict: {} });
  });
});
scenario('It needs more', {}, async ({ skip }) => skip('not here'));
`,
  'b.e2e.ts': `scenario('It passes', {}, async ({ does }) => does('Given a thing'));`,
};

test('--repeat plays the chosen scenarios in rounds, and tells them all in a table and in the report', async () => {
  let evidence: string[] = [];
  const ended = await withSuite(suite, async ({ folder, config }) => {
    await mkdir(join(folder, 'out/evidence/of-another-run'), { recursive: true });
    const told = await runCommandIn(folder, config, { flags: ['--repeat', '2', '--workers', '1'] });
    evidence = await readdir(join(folder, 'out/evidence'));
    return told;
  });
  expect(ended.exitCode).toBe(1);
  const [, table = ''] = ended.stdout.split(/(?=\n2 rounds:)/);
  expect(table.replace(/ {2,}/g, ' ')).toMatchInlineSnapshot(`
    "
    2 rounds: ✓ passed, ! known bug, ✗ failed, ? not provable, - skipped

    rounds passed failed skipped min median max
    ✗✓ 1 1 0 <time> <time> <time> It fails now and then
    -- 0 0 2 - - - It needs more
    ✓✓ 2 0 0 <time> <time> <time> It passes
    Taking the cluster down ...
    Taking the cluster down: <time>
    Page: out/report.html"
  `);
  for (const round of [1, 2]) expect(ended.stdout).toContain(`\nRound ${round} of 2\n`);
  const told = ended.report?.scenarios.map(({ round, name, state }) => `${round}: ${name}: ${state}`);
  expect(told?.toSorted()).toEqual([
    '1: It fails now and then: failed',
    '1: It needs more: skipped',
    '1: It passes: passed',
    '2: It fails now and then: passed',
    '2: It needs more: skipped',
    '2: It passes: passed',
  ]);
  expect(ended.report?.totals).toEqual({ passed: 3, knownBugs: 0, failed: 1, skipped: 2, notProvable: 0 });
  // What an earlier run kept is gone, what an earlier round of this one kept is not.
  expect(evidence.toSorted()).toEqual([
    ...['it-fails-now-and-then', 'it-fails-now-and-then-r2', 'it-fails-now-and-then.tar.gz'],
    ...['it-needs-more', 'it-needs-more-r2', 'it-passes', 'it-passes-r2'],
  ]);
});

test('a round that is interrupted is the last, also with --keep; the rounds before it stay in the report', async () => {
  const hangs = `scenario('It hangs in the second round', {}, async ({ does }) => {
  await does('Given a thing');
  if (JSON.parse(process.env.CORRAL_CONFIG).round === 2) {
    await does('Given another round');
    await does('When nothing comes', (signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))));
  }
});`;
  const signals = [{ after: '✓ Given another round', signal: 'SIGTERM' }] as const;
  const flags = ['--repeat', '3', '--keep'];
  const ended = await runSuite({ 'a.e2e.ts': hangs }, { flags, signals: [...signals] });
  expect(ended.exitCode).toBe(4);
  expect(ended.stdout).toContain('Taking the cluster down: <time>');
  expect(ended.stdout).not.toContain('(kept)');
  expect(ended.stdout).toContain('\n2 rounds of 3: ');
  expect(ended.report?.scenarios.map(({ round, state }) => [round, state])).toEqual([
    [1, 'passed'],
    [2, 'skipped'],
  ]);
  expect(ended.report?.end.state).toBe('interrupted');
});

test('a round whose process dies is the last, is in the report, and is no success', async () => {
  const dies = `scenario('It passes once', {}, async ({ does }) => {
  if (JSON.parse(process.env.CORRAL_CONFIG).round === 2) process.kill(process.ppid, 'SIGKILL');
  await does('Given a thing', () => new Promise((resolve) => setTimeout(resolve, 100)));
});`;
  const ended = await runSuite({ 'a.e2e.ts': dies }, { flags: ['--repeat', '3'] });
  expect(ended.exitCode).toBe(3);
  expect(ended.stderr).toBe('e2e: the process that plays the scenarios ended with SIGKILL');
  expect(ended.report?.scenarios.map(({ round, state, reason }) => [round, state, reason])).toEqual([
    [1, 'passed', null],
    [2, 'skipped', 'the process that plays the scenarios ended with SIGKILL'],
  ]);
  expect(ended.report?.end).toEqual({
    state: 'runner-died',
    reason: 'the process that plays the scenarios ended with SIGKILL',
  });
});
