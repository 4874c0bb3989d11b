import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { runMergeReportsCommand } from '../../e2e/cli/merge-reports.ts';
import { readReport } from '../../e2e/report/file.ts';
import type { Report, ScenarioReport } from '../../e2e/report/schema.ts';
import { runInProcess } from '../support/run-in-process.ts';
import { sampleReport, scenarioReport } from '../support/scenario-report.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const report = (
  run: string,
  states: Record<string, ScenarioReport['state']>,
  change: Partial<Report> = {},
): Report =>
  sampleReport(
    Object.entries(states).map(([name, state]) => scenarioReport(name, { state })),
    { run, duration: 5000, target: { name: 'emulator', version: 'v1.12.1-emulator' }, ...change },
  );

const shard = (index: number) => ({ shard: { index, of: 2, split: 'abc' } });

/** Runs the command in a folder with these files; what is no text is written as JSON. */
const merge = async (files: Record<string, Report | string>, args: string[]) => {
  const folder = await temporaryFolder();
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
  }
  const { stdout, ...ended } = await runInProcess(() => runMergeReportsCommand(args), folder);
  const times = await readFile(join(folder, '.corral/times.json'), 'utf8').then(JSON.parse, () => undefined);
  const report = await readReport(join(folder, '.corral/merged'));
  return { ...ended, stdout: stripVTControlCharacters(stdout), times, report };
};

const shards = {
  'reports/one/report.json': report('aaaaaa', { A: 'passed', B: 'failed' }, shard(1)),
  'reports/two/report.json': report('bbbbbb', { C: 'passed' }, shard(2)),
};

test('shards become one report, with a table, the exit code of what they say, and --times to split by', async () => {
  const ended = await merge(shards, ['reports', '--times', '.corral/times.json']);
  expect(ended).toMatchObject({ exitCode: 1, stderr: '' });
  expect(ended.stdout).toMatch(/^✗ +0 +1 +0 +1 s +1 s +1 s {2}B$/m);
  expect(ended.stdout).toMatch(
    /\n2 passed, 1 failed\nJudged: .*\nReport: \.corral\/merged\/report\.json \(5 s\)$/,
  );
  expect(ended.report?.scenarios.map(({ name }) => name)).toEqual(['A', 'B', 'C']);
  expect(ended.times).toEqual({ 'one.e2e.ts A': 1000, 'one.e2e.ts C': 1000 });
});

test('--real-runs adds the verdicts of a real Longhorn, and keeps the others', async () => {
  const kept = { state: 'known-bug', seconds: 9, on: '2026-11-01', bugs: ['a-bug'] };
  const file = { 'v1.12.1': { 'one.e2e.ts Z': kept } };
  const target = { name: 'archive', version: 'v1.12.1' };
  const run = async (change: Partial<Report>) =>
    (
      await merge(
        {
          'report.json': report('aaaaaa', { A: 'passed', B: 'failed' }, change),
          '.corral/times.json': JSON.stringify(file),
        },
        ['report.json', '--real-runs', '.corral/times.json'],
      )
    ).times;
  expect(await run({ target })).toEqual({
    'v1.12.1': {
      'one.e2e.ts A': { state: 'passed', seconds: 1, on: expect.any(String) },
      'one.e2e.ts Z': kept,
    },
  });
  expect(await run({})).toEqual(file);
  const older = { ...target, version: 'v1.9.2' };
  expect(Object.keys((await run({ target: older })) ?? {})).toEqual(['v1.9.2', 'v1.12.1']);
});

test('a merge into a folder of its sources can be done again, and overwrites no source', async () => {
  const again = { 'reports/report.json': report('aaaaaa,bbbbbb', {}) };
  expect(await merge({ ...shards, ...again }, ['reports', '--out', 'reports'])).toMatchObject({
    exitCode: 1,
    stderr: '',
  });
  const refused = {
    exitCode: 2,
    stderr:
      'merge-reports: --out reports/two: reports/two/report.json is one of the reports to merge, and would be overwritten: name another folder',
  };
  const into = ['reports', '--out', 'reports/two', '--allow-missing'];
  expect(await merge(shards, into)).toMatchObject(refused);
  const another = { ...shards, 'reports/two/report.json': report('aaaaaa,cccccc', { A: 'passed' }) };
  expect(await merge(another, into)).toMatchObject(refused);
  const table = await merge(another, [...into, '--table']);
  expect(table).toMatchObject({ exitCode: 1, stderr: '' });
  const ofOneRun = { ...shards, 'reports/two/report.json': report('aaaaaa', { C: 'passed' }, shard(2)) };
  expect(await merge(ofOneRun, into)).toMatchObject(refused);
});

test('a shard that is missing is an error, unless that is allowed', async () => {
  const one = { 'one.json': shards['reports/two/report.json'] };
  expect(await merge(one, ['one.json'])).toMatchObject({
    exitCode: 3,
    stderr: 'merge-reports: shard 1/2 is missing: name the report, or merge without it by --allow-missing',
    report: undefined,
  });
  const allowed = await merge(one, ['one.json', '--allow-missing']);
  expect(allowed).toMatchObject({ exitCode: 0, stderr: '' });
  expect(allowed.stdout).toContain('\nshard 1/2 is missing\n');
  expect(allowed.report?.scenarios).toHaveLength(1);
});

test.each<[Report['end']['state'], ScenarioReport['state'], Partial<Report>, number]>([
  ['interrupted', 'failed', {}, 4],
  ['cluster-lost', 'failed', {}, 3],
  ['runner-died', 'failed', {}, 1],
  ['runner-died', 'passed', {}, 3],
  ['finished', 'not-provable', {}, 1],
  ['finished', 'skipped', {}, 0],
  ['finished', 'passed', { differences: ['a setting changed'] }, 1],
  ['finished', 'passed', { differences: null }, 3],
])('a run that ended %s, with a scenario %s, %j: exit code %i', async (state, of, change, exitCode) => {
  const one = report('aaaaaa', { A: of }, { end: { state, reason: 'why' }, ...change });
  expect(await merge({ 'one.json': one }, ['one.json'])).toMatchObject({ exitCode });
});

test('a report of others does not speak to the terminal', async () => {
  const name = 'A\u001b]0;owned\u0007';
  const one = report('aaaaaa', { [name]: 'failed' }, { differences: ['a\u001b[2J volume'] });
  const ended = await merge({ 'one.json': one }, ['one.json']);
  expect(ended.stdout).toContain('A\\u{1b}]0;owned\\u{7}');
  expect(ended.stderr).toBe('merge-reports: not as before the run: a\\u{1b}[2J volume');
  // What was judged is kept as it was written.
  expect(ended.report?.scenarios[0]?.name).toBe(name);
});
