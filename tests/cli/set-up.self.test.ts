import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeReport } from '../../e2e/report/file.ts';
import { junitIn, pageIn, runCommandIn, runSuite, withSuite } from '../support/run-suite.ts';
import { sampleReport } from '../support/scenario-report.ts';

const suite = {
  'one.e2e.ts': `scenario('One is green', { seed: 'manual#one', tags: ['held'] }, async ({ does }) => does('Given a thing'));`,
};

test('a machine that is not fit: one line with what is missing and what mends it', async () => {
  const run = await runSuite(suite, { how: 'precondition-error' });
  const stderr = 'e2e: mmdebstrap is missing: sudo apt-get install mmdebstrap';
  const stdout = '1 scenario, provider lab, Longhorn: emulator\nPage: out/report.html';
  expect(run).toMatchObject({ exitCode: 3, stderr, stdout, report: { totals: { passed: 0, skipped: 1 } } });
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
  const reason = expect.stringContaining('node2 did not become Ready within 60 s');
  const identity = {
    name: 'One is green',
    file: 'one.e2e.ts',
    seed: 'manual#one',
    tags: ['held'],
    store: 'nfs',
  };
  expect(run.report).toMatchObject({
    end: { state: 'set-up-failed', reason },
    kubernetes: null,
    scenarios: [{ ...identity, state: 'skipped', reason }],
  });
});

const lostUnderIt: Parameters<typeof runSuite>[1] = {
  how: 'loses-a-node',
  signals: [{ after: '✓ Given a thing', signal: 'SIGUSR2' }],
};
const suiteOfTwo = (
  end: string,
) => `scenario('One is over', {}, async ({ does }) => does('Given another thing'));
scenario('Two is at work', {}, async ({ does, later }) => {
  later(() => does('Cleanup', async () => { ${end} }));
  await does('Given a thing');
  await does('When nothing comes', (signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))));
});`;

test('a cluster that is lost ends the run, with no verdict on what was under way', async () => {
  const run = await runSuite({ 'a.e2e.ts': suiteOfTwo('') }, lostUnderIt);
  expect(run.exitCode).toBe(3);
  expect(run.stderr).toMatchInlineSnapshot(`
    "e2e: in the cluster: node2 ended (SIGSEGV); it last said:
    Kernel panic
    e2e: the cluster was lost while scenarios ran: what they said since then is no verdict"
  `);
  const reason = 'node2 ended (SIGSEGV); it last said:\nKernel panic';
  expect(run.report?.end).toEqual({ state: 'cluster-lost', reason });
  const states = run.report?.scenarios.map(({ name, state }) => `${name}: ${state}`);
  expect(states).toEqual(['One is over: passed', 'Two is at work: skipped']);
});

test('a cleanup that a lost cluster does not answer is not waited for', async () => {
  const run = await runSuite({ 'a.e2e.ts': suiteOfTwo('await new Promise(() => {});') }, lostUnderIt);
  expect(run).toMatchObject({ exitCode: 3, report: { end: { state: 'cluster-lost' } } });
});

test('the report of an earlier run is never taken for this one', async () => {
  await withSuite(suite, async ({ folder, config }) => {
    await writeReport(join(folder, 'out'), sampleReport());
    const killed = await runCommandIn(folder, config, {
      how: 'boots-deaf',
      signals: [{ after: 'Booting', signal: 'SIGKILL' }],
    });
    expect(killed.report).toBeUndefined();
  });
});
