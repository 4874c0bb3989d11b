import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type { PageData } from '../../e2e/report/html/data.ts';
import { runCommandIn, withSuite } from '../support/run-suite.ts';

const suite = {
  'one.e2e.ts': `
    scenario('It is green', {}, async ({ does }) => does('When it begins'));
    scenario('It is red', {}, async ({ does }) => does('When it begins', () => { throw new Error('it did not'); }));
  `,
};

const carriedBy = async (out: string): Promise<PageData> => {
  const page = await readFile(join(out, 'report.html'), 'utf8');
  return JSON.parse(gunzipSync(Buffer.from(/id="data">([^<]*)</.exec(page)?.[1] ?? '', 'base64')).toString());
};

test('each run leaves a page, which holds it against the run before', () =>
  withSuite(suite, async ({ folder, config }) => {
    const out = join(folder, 'out');
    expect((await runCommandIn(folder, config, {})).exitCode).toBe(1);
    const first = await carriedBy(out);
    expect(first.runs[0]?.scenarios.map(({ name, state, past }) => [name, state, past])).toEqual([
      ['It is green', 'passed', []],
      ['It is red', 'failed', []],
    ]);
    await runCommandIn(folder, config, { flags: ['--only', 'green'] });
    const second = await carriedBy(out);
    expect(second.runs[0]?.past.map(({ run }) => run)).toEqual([first.runs[0]?.run]);
    expect(second.runs[0]?.scenarios.map(({ past }) => past.map(({ state }) => state))).toEqual([['passed']]);
  }));

test('a set-up that dies leaves a page too, and is none of the runs that a later one is held against', () =>
  withSuite(suite, async ({ folder, config }) => {
    expect((await runCommandIn(folder, config, { how: 'dies' })).exitCode).toBe(3);
    const { runs } = await carriedBy(join(folder, 'out'));
    expect(runs[0]?.end.reason).toContain('node2 did not become Ready');
    expect(await readdir(join(folder, 'out'))).not.toContain('history.ndjson');
  }));

test('a page that cannot be written takes nothing from the verdict', () =>
  withSuite(suite, async ({ folder, config }) => {
    await mkdir(join(folder, 'out/report.html.part'), { recursive: true });
    await writeFile(join(folder, 'out/report.html'), 'of an earlier run');
    const run = await runCommandIn(folder, config, { flags: ['--only', 'green'] });
    expect(run.exitCode).toBe(0);
    expect(run.stderr).toMatch(/^report\.html could not be written: EISDIR[^\n]*$/);
    expect(run.report?.totals.passed).toBe(1);
    // What was there is not taken for this run's.
    await expect(stat(join(folder, 'out/report.html'))).rejects.toThrow('ENOENT');
  }));
