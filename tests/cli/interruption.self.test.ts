import { expect, test } from 'vitest';
import {
  handedOn,
  junitIn,
  runBare,
  runCommandIn,
  runInTerminal,
  runSuite,
  type Signalled,
  suiteOf,
  withSuite,
} from '../support/run-suite.ts';

const suite = suiteOf('hanging');
const atWork = 'begins: When nothing comes';
// One after the other, so that there is one at work and others that have not begun.
const flags = ['--workers', '1'];

test('Ctrl-C takes a cluster of our own down at once, whatever was to stay, and still reports', async () => {
  const stays = [...flags, '--keep', '--pause-on-failure'];
  const ended = await runSuite(suite, { flags: stays, signals: [{ after: atWork, signal: 'SIGINT' }] });
  expect(ended.exitCode).toBe(4);
  expect(ended.stdout.slice(ended.stdout.indexOf('Interrupted'))).toMatchInlineSnapshot(`
    "Interrupted by SIGINT: the cluster goes down

    It hangs
      skipped after <time>
        interrupted; it was at: When nothing comes

    It comes next
      skipped after <time>
        interrupted before it started

    0 passed, 0 failed, 2 skipped
    The run did not finish: interrupted by SIGINT
    Judged: the emulator 0.0.0: this run proves the suite, not Longhorn
    Report: out/report.json (<time>)
    Taking the cluster down ...
    Taking the cluster down: <time>
    Page: out/report.html"
  `);
  expect(ended.report?.end).toEqual({ state: 'interrupted', reason: 'interrupted by SIGINT' });
  expect(ended.report?.scenarios.map(({ name, state, reason }) => `${name}: ${state}: ${reason}`)).toEqual([
    'It hangs: skipped: interrupted; it was at: When nothing comes',
    'It comes next: skipped: interrupted before it started',
    'It is in another file: skipped: the run ended before it started',
  ]);
});

test('console and report name the signal that ended the run', async () => {
  const ended = await runSuite(suite, { flags, signals: [{ after: atWork, signal: 'SIGTERM' }] });
  expect(ended.stdout).toContain('Interrupted by SIGTERM: the cluster goes down');
  expect(ended.report?.end).toEqual({ state: 'interrupted', reason: 'interrupted by SIGTERM' });
});

test('a verdict that was reached stays, though every process of the run is killed; a closed terminal ends a run too', async () => {
  const signals: Signalled[] = [
    { after: 'It is deaf\n  · begins: Given a thing\n  ✓ Given a thing', signal: 'SIGHUP' },
    { after: 'the cluster goes down', signal: 'SIGINT' },
  ];
  const reason = 'interrupted by SIGHUP';
  await withSuite(suiteOf('deaf'), async ({ folder, config }) => {
    const ended = await runCommandIn(folder, config, { flags, signals });
    expect(await junitIn(folder)).toContain(`<error type="interrupted" message="${reason}">`);
    expect(ended.exitCode).toBe(4);
    expect(ended.stdout).toContain('Taking the cluster down: ');
    expect(ended.report).toMatchObject({
      end: { state: 'interrupted', reason },
      kubernetes: { context: 'inline' },
      totals: { passed: 1, failed: 0, skipped: 1 },
      scenarios: [
        { name: 'It has passed', state: 'passed', steps: [{ sentence: 'Given a thing' }] },
        // Before it was deaf it may have said what it was at.
        { name: 'It is deaf', state: 'skipped', reason: expect.stringMatching(/^interrupted\b/) },
      ],
    });
  });
});

test('on a cluster that stays, Ctrl-C lets the scenario clean up, which says what it still does', async () => {
  await withSuite(suite, async ({ folder, config }) => {
    const env = { ...handedOn({ output: 'verbose', workers: 1 }), CLEANUP_TAKES: '11000' };
    const ended = await runBare(folder, config, { env, signals: [{ after: atWork, signal: 'SIGINT' }] });
    expect(ended.exitCode).toBe(4);
    expect(ended.stdout).toMatch(
      /\nInterrupted by SIGINT: cleaning up\n"It hangs" still cleans up\ncleaned up\n/,
    );
    expect(ended.report?.end.state).toBe('interrupted');
  });
});

test('Ctrl-C while the scenarios load', async () => {
  await withSuite(suite, async ({ folder, config }) => {
    // Vitest hides the cursor. A terminal's Ctrl-C also ends the process that loads the scenarios.
    const pressed = [{ after: /\?25l/, keys: '\u0003' }];
    // On a busy machine it may come later, while the cluster starts: that ends the same way.
    const options = { size: { columns: 80, rows: 20 }, how: 'boots-long', pressed } as const;
    const { exitCode, written } = await runInTerminal(folder, config, options);
    expect(exitCode).toBe(4);
    expect(written).toContain('e2e: interrupted by SIGINT before a scenario ran');
  });
});

test('a signal when the cluster has just come up begins no scenario', async () => {
  const ended = await runSuite(suite, { how: 'interrupted-late' });
  expect(ended.exitCode).toBe(4);
  expect(ended.stdout).not.toContain('begins:');
  expect(ended.report?.end).toEqual({ state: 'interrupted', reason: 'interrupted by SIGINT' });
});

test('Ctrl-C while the cluster comes up', async () => {
  const signals: Signalled[] = [{ after: 'Booting', signal: 'SIGINT' }];
  const ended = await runSuite(suite, { how: 'boots-long', flags: ['--shard', '1/1'], signals });
  expect(ended.exitCode).toBe(4);
  expect(ended.stderr).toBe('e2e: interrupted by SIGINT before a scenario ran');
  expect(ended.stdout).toContain(
    '\n\ninterrupted by SIGINT: the cluster goes down\nBooting three nodes: <time>, failed',
  );
  expect(ended.report?.end).toEqual({ state: 'interrupted', reason: 'interrupted by SIGINT' });
  expect(ended.report).toMatchObject({ totals: { skipped: 3 }, shard: { index: 1, of: 1 } });
});

test('a second Ctrl-C while the cluster comes up does not wait for it', async () => {
  const after = ['Booting', 'interrupted by SIGINT'];
  const signals = after.map((each): Signalled => ({ after: each, signal: 'SIGINT' }));
  const ended = await runSuite(suite, { how: 'boots-deaf', signals });
  expect(ended.exitCode).toBe(4);
  expect(ended.report?.end).toEqual({ state: 'interrupted', reason: 'interrupted by SIGINT' });
});
