import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readLastFailed } from '../../e2e/cli/last-failed.ts';
import type { ScenarioReport } from '../../e2e/report/schema.ts';
import { pageIn, runCommandIn, suiteOf, withSuite } from '../support/run-suite.ts';
import { sampleReport, scenarioReport } from '../support/scenario-report.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const suite = suiteOf('last-failed');

test('what did not pass is run again, and then what of it did not pass again; the page holds each against the run before', async () => {
  await withSuite(suite, async ({ folder, config }) => {
    const run = (...flags: string[]) => runCommandIn(folder, config, { flags });
    await run();
    const first = await pageIn(folder);
    expect(first.runs[0]?.scenarios.every(({ past }) => past.length === 0)).toBe(true);
    await writeFile(join(folder, 'mended'), '');
    const again = await run('--last-failed');
    expect(again.exitCode).toBe(1);
    const second = await pageIn(folder);
    expect(second.runs[0]?.past.map(({ run }) => run)).toEqual([first.runs[0]?.run]);
    expect(second.runs[0]?.scenarios).toMatchObject([
      { name: 'It fails (once)', state: 'passed', past: [{ state: 'failed' }] },
      { name: 'It is not provable', state: 'not-provable', past: [{ state: 'not-provable' }] },
    ]);
    const stderr =
      'e2e: --last-failed with --tags held: no scenario matches; in out/report.json did not pass: b.e2e.ts It is not provable';
    const none = await run('--last-failed', '--tags', 'held');
    expect(none).toMatchObject({ exitCode: 2, stdout: '', stderr });
  });
});

test('what was cut short is run again; what passed, or was skipped in a whole run, is not', async () => {
  const one = (name: string, more: Partial<ScenarioReport> = {}) => scenarioReport(name, more);
  const skipped = { state: 'skipped', startedAt: '2026-01-01T00:00:00.000Z' } as const;
  const out = await temporaryFolder();
  const left = async (end: 'interrupted' | 'finished', ...scenarios: ScenarioReport[]) => {
    const report = { ...sampleReport(scenarios), end: { state: end, reason: null } };
    await writeFile(join(out, 'report.json'), JSON.stringify(report));
    return [...(await readLastFailed(out)).keys].map((key) => key.split(' ').at(-1));
  };
  const held = { state: 'skipped', startedAt: null, reason: 'not begun' } as const;
  const notAllowed = one('refused', skipped);
  const begun = one('begun', { ...skipped, interrupted: true });
  expect(await left('interrupted', begun, one('never', held), notAllowed)).toEqual(['begun', 'never']);
  expect(await left('finished', one('passed'), notAllowed, one('held', held))).toEqual([]);
  await writeFile(join(out, 'report.json'), '{}');
  await expect(readLastFailed(out)).rejects.toThrow(
    /^--last-failed: .*report\.json is no report of this release: schemaVersion: /,
  );
});

test('where nothing failed there is nothing to run, and no scenario is looked for', () =>
  withSuite({}, async ({ folder, config }) => {
    await mkdir(join(folder, 'out'));
    await writeFile(join(folder, 'out/report.json'), JSON.stringify(sampleReport([scenarioReport('A')])));
    expect(await runCommandIn(folder, config, { flags: ['--last-failed'] })).toMatchObject({
      exitCode: 0,
      stdout: 'nothing failed in out/report.json: there is nothing to run',
    });
  }));
