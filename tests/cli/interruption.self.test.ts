import { expect, test } from 'vitest';
import { junitIn, runCommandIn, runSuite, type Signalled, withSuite } from '../support/run-suite.ts';

// Each hangs until it is told to stop; the cleanup takes a while, and says when it is through.
const hanging = `const never = (signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
scenario('It hangs', {}, async ({ does, later }) => {
  later((madeStays) => does('Cleanup', async () => {
    await pause(500);
    console.log(madeStays ? 'all stays' : 'cleaned up');
  }));
  await does('Given a thing');
  await does('When nothing comes', never);
});
scenario('It comes next', {}, async ({ does }) => does('Given a thing'));
`;
const suite = {
  'a.e2e.ts': hanging,
  'b.e2e.ts': `scenario('It is in another file', {}, async ({ does }) => does('Given a thing'));`,
};
const atWork = 'begins: When nothing comes';
// One after the other, so that there is one at work and others that have not begun.
const flags = ['--workers', '1'];

test('Ctrl-C lets the scenario clean up, takes the cluster down whatever was to stay, and still reports', async () => {
  const stays = [...flags, '--keep', '--pause-on-failure'];
  const ended = await runSuite(suite, { flags: stays, signals: [{ after: atWork, signal: 'SIGINT' }] });
  expect(ended.exitCode).toBe(4);
  expect(ended.stdout.slice(ended.stdout.indexOf('Interrupted'))).toMatchInlineSnapshot(`
    "Interrupted by SIGINT: cleaning up
    cleaned up

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

test('a closed terminal is one too, and a second does not wait for the cleanup, and still takes the cluster down', async () => {
  const slow = { 'a.e2e.ts': hanging.replace('pause(500)', 'pause(60_000)') };
  const signals = [
    { after: atWork, signal: 'SIGHUP' },
    { after: 'cleaning up', signal: 'SIGINT' },
  ] as const;
  const reason = 'the process that plays the scenarios ended with SIGKILL';
  await withSuite(slow, async ({ folder, config }) => {
    const ended = await runCommandIn(folder, config, { flags, signals: [...signals] });
    expect(await junitIn(folder)).toContain(`<error type="interrupted" message="${reason}">`);
    expect(ended.exitCode).toBe(4);
    expect(ended.stdout).not.toContain('cleaned up');
    expect(ended.stdout).toContain('Taking the cluster down: ');
    expect(ended.report?.end).toEqual({ state: 'interrupted', reason });
    expect(ended.report?.totals).toMatchObject({ failed: 0, skipped: 2 });
  });
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
