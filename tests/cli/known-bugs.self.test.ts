import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { beforeAll, expect, test } from 'vitest';
import { readLastFailed } from '../../e2e/cli/last-failed.ts';
import { runMergeReportsCommand } from '../../e2e/cli/merge-reports.ts';
import { runReplayCommand } from '../../e2e/cli/replay.ts';
import { runInProcess } from '../support/run-in-process.ts';
import { type Ended, junitIn, runCommandIn, runSuite, suiteOf, withSuite } from '../support/run-suite.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

const suite = suiteOf('known-bugs');

let dir: string;
let ended: Ended;
let [junit, summary] = ['', ''];
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'corral-known-bugs-'));
  await withSuite(suite, async ({ folder, config }) => {
    const env = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: join(folder, 'summary.md') };
    ended = await runCommandIn(folder, config, { env, flags: ['--repeat', '2'] });
    junit = await junitIn(folder);
    summary = await readFile(join(folder, 'summary.md'), 'utf8');
    await cp(join(folder, 'out'), dir, { recursive: true });
  });
  return () => rm(dir, { recursive: true, force: true });
});

const inDir = (work: () => Promise<number>) => runInProcess(work, dir);

test('a known bug is no failure, and with --strict-bugs it is', async () => {
  expect(ended.exitCode).toBe(0);
  expect((await runSuite(suite, { flags: ['--strict-bugs', '--only', 'shows'] })).exitCode).toBe(1);
});

test('the report has it as a state of its own, with the bug, the steps that it broke, and its bundle', async () => {
  const { scenarios = [], totals } = ended.report ?? {};
  expect(totals).toEqual({ passed: 4, knownBugs: 2, failed: 0, skipped: 0, notProvable: 0 });
  const [first] = scenarios.filter(({ name }) => name === 'It shows the bug');
  expect(first).toMatchObject({
    state: 'known-bug',
    reason: expect.stringMatching(
      /^deletion-destroys-other-backups \(data loss\): One deletion .*\n5 blocks/,
    ),
    bugs: [{ id: 'deletion-destroys-other-backups', kept: false, listed: true }],
  });
  expect(first?.steps.map(({ state }) => state)).toEqual(['known-bug', 'known-bug', 'passed']);
  expect(first).not.toHaveProperty('failure');
  expect(ended.report?.promises).toMatchObject({
    judged: [
      { id: 'D2', state: 'known-bug', severity: 5, scenarios: ['It shows the bug'] },
      { id: 'D3', state: 'kept', scenarios: ['It passes'] },
    ],
  });
  await readFile(join(dir, `${first?.evidence}.tar.gz`));
});

test('the console says it in a line, counts it by itself, and ends with what showed and what did not', () => {
  expect(ended.stdout).toMatch(
    /^ {2}known bug in <time>: It shows the bug \(deletion-destroys-other-backups\)$/m,
  );
  expect(ended.stdout).toMatch(/^!! .* It shows the bug$/m);
  expect(ended.stdout).toContain(
    '\n  ! deletion-destroys-other-backups: It shows the bug (round 2)\n    out/evidence/it-shows-the-bug-r2\n\nContradictions to the ledger of known bugs:\n  It finds it fixed: lock-fails-open is fixed here, ',
  );
  expect(ended.stdout).toMatch(/^2 passed, 0 failed, 1 known bug$/m);
});

test('GitHub is warned of it, the summary of the job has its reason, and JUnit names it', () => {
  expect(ended.stdout).toMatch(/^::warning .*title=known bug%3A It shows the bug.*::deletion-destroys-/m);
  expect(ended.stdout).not.toMatch(/^::error/m);
  expect(summary).toContain('| ! known bug `deletion-destroys-other-backups` |');
  expect(summary.slice(summary.indexOf('#### Known bugs'))).toContain('5 blocks are missing');
  // In JUnit it passes.
  expect(junit).toContain('failures="0" errors="0"');
  expect(junit).toMatch(/<system-out>[^<]*known bug deletion-destroys-other-backups \(data loss\): One/);
});

test('a merge counts it too, and is as strict as it is asked to be; it did not fail, for who runs again what did', async () => {
  expect((await readLastFailed(dir)).keys.size).toBe(0);
  const merge = (...flags: string[]) =>
    inDir(() => runMergeReportsCommand(['report.json', '--out', 'merged', ...flags]));
  const lenient = await merge();
  expect(lenient.exitCode).toBe(0);
  expect(lenient.stdout).toContain('4 passed, 0 failed, 2 known bugs');
  expect((await merge('--strict-bugs')).exitCode).toBe(1);
  expect((await merge('--strict-bugs', '--table')).exitCode).toBe(1);
});

test('its history is judged as it was, and that is no failure either', async () => {
  const { exitCode, stdout } = await inDir(() => runReplayCommand(['evidence/it-shows-the-bug']));
  expect(stdout).toMatch(
    /^ {2}! the first backup .*: broken, as known bug deletion-destroys-other-backups makes it, then and now$/m,
  );
  expect(exitCode).toBe(0);
});

test("this project's own CI fails where the ledger is wrong about the emulator, and not for a known bug", async () => {
  const tests = join(dir, 'tests.json');
  await writeFile(tests, JSON.stringify({ numPassedTests: 1, numFailedTests: 0, testResults: [] }));
  const total = async (report: string) => {
    const args = [join(root, 'scripts/ci-total.ts'), tests, report];
    const { exitCode, stdout } = await execa(process.execPath, args, { reject: false });
    return [exitCode, ...stdout.split('\n')];
  };
  const line =
    '! It finds it fixed: lock-fails-open is fixed here, and the ledger of known bugs says otherwise';
  expect(await total(join(dir, 'report.json'))).toEqual([1, line, line, '7 passed, 2 failed']);
  const report = JSON.parse(await readFile(join(dir, 'report.json'), 'utf8'));
  for (const scenario of report.scenarios)
    for (const bug of scenario.bugs ?? []) if (bug.kept) bug.listed = false;
  await writeFile(join(dir, 'as-known.json'), JSON.stringify(report));
  expect(await total(join(dir, 'as-known.json'))).toEqual([0, '7 passed, 0 failed']);
});
