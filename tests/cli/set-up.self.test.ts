import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { composeReport } from '../../e2e/report/compose-report.ts';
import { writeReport } from '../../e2e/report/file.ts';
import { junitIn, pageIn, runCommandIn, runSuite, withSuite } from '../support/run-suite.ts';

const suite = {
  'one.e2e.ts': `scenario('One is green', { seed: 'manual#one', tags: ['held'] }, async ({ does }) => does('Given a thing'));`,
};

test('a machine that is not fit: one line with what is missing and what mends it', async () => {
  const run = await withSuite(suite, async ({ folder, config }) => {
    const ended = await runCommandIn(folder, config, { how: 'not-fit' });
    expect(await junitIn(folder)).toContain('<error type="set-up-failed" message="mmdebstrap is missing');
    return ended;
  });
  expect(run.exitCode).toBe(3);
  expect(run.stderr).toBe('e2e: mmdebstrap is missing: sudo apt-get install mmdebstrap');
  expect(run.stdout).toMatchInlineSnapshot(`
    "1 scenario, provider lab, Longhorn: emulator
    Page: out/report.html"
  `);
  expect(run.report?.totals).toEqual({ passed: 0, knownBugs: 0, failed: 0, skipped: 1, notProvable: 0 });
});

test('a set-up that dies leaves a report: each scenario skipped, with the reason; and a page, but no run that a later one is held against', async () => {
  const run = await withSuite(suite, async ({ folder, config }) => {
    const summary = join(folder, 'summary.md');
    // One step may hold several runs.
    await writeFile(summary, '### of another run\n');
    const env = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: summary };
    const ended = await runCommandIn(folder, config, { how: 'dies', env });
    expect((await pageIn(folder)).runs[0]?.end.reason).toContain('node2 did not become Ready');
    expect(await readdir(join(folder, 'out'))).not.toContain('history.ndjson');
    expect((await readFile(summary, 'utf8')).match(/^### /gm)).toHaveLength(2);
    const junit = await junitIn(folder);
    for (const each of ['tests="2" failures="0" errors="1"', '<error type="set-up-failed"', 'skipped="1"'])
      expect(junit).toContain(each);
    return ended;
  });
  expect(run.exitCode).toBe(3);
  expect(run.stderr).toMatch(
    /^e2e: the set-up failed: node2 did not become Ready within <time>\n +at .*inline-command\.ts:<line>\n/,
  );
  expect(run.stdout).toMatch(
    /^1 scenario, provider lab, Longhorn: emulator\nBooting three nodes \.\.\.\nBooting three nodes: <time>, failed\nPage: out\/report\.html\n::error title=The run did not finish::/,
  );
  expect(run.report?.end.state).toBe('set-up-failed');
  expect(run.report?.end.reason).toContain('node2 did not become Ready within 60 s');
  expect(run.report?.kubernetes).toBeNull();
  expect(run.report?.scenarios).toMatchObject([
    {
      name: 'One is green',
      file: 'one.e2e.ts',
      seed: 'manual#one',
      tags: ['held'],
      store: 'nfs',
      state: 'skipped',
      reason: expect.stringContaining('node2'),
    },
  ]);
});

const lostUnderIt: Parameters<typeof runSuite>[1] = {
  how: 'loses-a-node',
  signals: [{ after: '✓ Given a thing', signal: 'SIGUSR2' }],
};
const waiting = (name: string, end: string) => `scenario('${name}', {}, async ({ does, later }) => {
  later(() => does('Cleanup', async () => { ${end} }));
  await does('Given a thing');
  await does('When nothing comes', (signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))));
});`;

test('a cluster that is lost ends the run, with no verdict on what was under way', async () => {
  const first = "scenario('One is over', {}, async ({ does }) => does('Given another thing'));\n";
  const run = await runSuite({ 'a.e2e.ts': first + waiting('Two is at work', '') }, lostUnderIt);
  expect(run.exitCode).toBe(3);
  expect(run.stderr).toMatchInlineSnapshot(`
    "e2e: in the cluster: node2 ended (SIGSEGV); it last said:
    Kernel panic
    e2e: the cluster was lost while scenarios were played: what they said since then is no verdict"
  `);
  expect(run.report?.end).toEqual({
    state: 'cluster-lost',
    reason: 'node2 ended (SIGSEGV); it last said:\nKernel panic',
  });
  expect(run.report?.scenarios.map(({ name, state }) => [name, state])).toEqual([
    ['One is over', 'passed'],
    ['Two is at work', 'skipped'],
  ]);
});

test('a cleanup that a lost cluster does not answer is not waited for', async () => {
  const run = await runSuite(
    { 'a.e2e.ts': waiting('It is at work', 'await new Promise(() => {});') },
    lostUnderIt,
  );
  expect(run.exitCode).toBe(3);
  expect(run.report?.end.state).toBe('cluster-lost');
});

test('the report of an earlier run is never taken for this one', async () => {
  await withSuite(suite, async ({ folder, config }) => {
    const of = {
      run: 'abc123',
      startedAt: new Date(),
      provider: 'lab',
      target: { name: 'emulator', version: null },
      kubernetes: null,
    };
    await writeReport(
      join(folder, 'out'),
      composeReport({ ...of, end: { state: 'finished', reason: null }, scenarios: [] }),
    );
    const killed = await runCommandIn(folder, config, {
      how: 'boots-deaf',
      signals: [{ after: 'Booting', signal: 'SIGKILL' }],
    });
    expect(killed.report).toBeUndefined();
  });
});
