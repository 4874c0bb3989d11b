import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readLastFailed } from '../../e2e/cli/last-failed.ts';
import { type Report, untold } from '../../e2e/report/schema.ts';
import { pageIn, runCommandIn, withSuite } from '../support/run-suite.ts';

const suite = {
  'a.e2e.ts': `
import { existsSync } from 'node:fs';
scenario('It passes', {}, async ({ does }) => does('Given a thing'));
scenario('It fails (once)', { tags: ['held'] }, async () => { if (!existsSync('mended')) throw new Error('broken'); });
scenario('It is not allowed', { disruptions: ['manager-kill'] }, async () => {});
`,
  'b.e2e.ts': `scenario('It is not provable', {}, async ({ excuses }) => { excuses('a gap'); throw new Error('not seen'); });`,
};

const played = (report: Report | undefined) =>
  Object.fromEntries(report?.scenarios.map(({ name, state }) => [name, state]) ?? []);

test('what did not pass is played again, and then what of it did not pass again; the page holds each against the run before', async () => {
  await withSuite(suite, async ({ folder, config }) => {
    const play = (...flags: string[]) => runCommandIn(folder, config, { flags });
    expect(played((await play()).report)).toMatchObject({
      'It passes': 'passed',
      'It is not allowed': 'skipped',
    });
    const first = await pageIn(folder);
    expect(first.runs[0]?.scenarios.every(({ past }) => past.length === 0)).toBe(true);
    const listed = await play('--last-failed', '--list', '--json');
    expect(JSON.parse(listed.stdout).map(({ name }: { name: string }) => name)).toEqual([
      'It fails (once)',
      'It is not provable',
    ]);
    // Who only lists leaves the report where it is.
    await writeFile(join(folder, 'mended'), '');
    const again = await play('--last-failed');
    expect(again.exitCode).toBe(1);
    expect(played(again.report)).toEqual({
      'It fails (once)': 'passed',
      'It is not provable': 'not-provable',
    });
    const second = await pageIn(folder);
    expect(second.runs[0]?.past.map(({ run }) => run)).toEqual([first.runs[0]?.run]);
    expect(
      second.runs[0]?.scenarios.map(({ state, past }) => [state, past.map((each) => each.state)]),
    ).toEqual([
      ['passed', ['failed']],
      ['not-provable', ['not-provable']],
    ]);
    const none = await play('--last-failed', '--tags', 'held');
    expect(none).toMatchObject({
      exitCode: 2,
      stdout: '',
      stderr:
        'e2e: --last-failed with --tags held chooses no scenario; in out/report.json did not pass: b.e2e.ts It is not provable',
    });
  });
});

test('what was cut short is played again; what passed, or was skipped in a whole run, is not', async () => {
  const scenario = (name: string, more: object = {}) => ({
    ...untold,
    ...{
      name,
      file: 'a.e2e.ts',
      seed: null,
      tags: [],
      round: 1,
      duration: 0,
      reason: null,
      state: 'passed',
      ...more,
    },
  });
  const startedAt = '2026-01-01T00:00:00.000Z';
  const report = (end: string, ...scenarios: object[]) => ({
    ...{
      schemaVersion: 1,
      run: 'abc123',
      startedAt,
      duration: 0,
      provider: 'lab',
      kubernetes: null,
      judged: '',
    },
    target: { name: 'emulator', version: null },
    end: { state: end, reason: null },
    scenarios,
    totals: { passed: 0, knownBugs: 0, failed: 0, skipped: 0, notProvable: 0 },
  });
  const skipped = { state: 'skipped', startedAt, reason: 'not without --allow manager-kill' };
  await withSuite(suite, async ({ folder, config }) => {
    const list = async (of: object) => {
      await mkdir(join(folder, 'out'), { recursive: true });
      await writeFile(join(folder, 'out/report.json'), JSON.stringify(of));
      const { exitCode, stdout, stderr } = await runCommandIn(folder, config, {
        flags: ['--last-failed', '--list'],
      });
      return { exitCode, told: (stdout + stderr).split('\n').filter((line) => /^( {2}\w|\w)/.test(line)) };
    };
    const begun = { state: 'skipped', startedAt, reason: 'interrupted; it was at: Given a thing' };
    const never = { state: 'skipped', reason: 'interrupted by SIGINT' };
    expect(
      await list(
        report(
          'interrupted',
          scenario('It passes', begun),
          scenario('It fails (once)', never),
          scenario('It is not allowed', skipped),
        ),
      ),
    ).toEqual({
      exitCode: 0,
      told: ['a.e2e.ts', '  It passes', '  It fails (once)', expect.stringMatching(/^2 scenarios/)],
    });
    const held = { state: 'skipped', reason: 'not begun' };
    expect(
      await list(
        report(
          'finished',
          scenario('It passes'),
          scenario('It is not allowed', skipped),
          scenario('x', held),
        ),
      ),
    ).toEqual({ exitCode: 0, told: ['nothing failed in out/report.json: there is nothing to play'] });
    await writeFile(join(folder, 'out/report.json'), '{}');
    await expect(readLastFailed(join(folder, 'out'))).rejects.toThrow(
      /^--last-failed: .*out\/report\.json is no report of this release: schemaVersion: /,
    );
  });
});
