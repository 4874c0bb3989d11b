import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Report } from '../../e2e/report/schema.ts';
import { runCommandIn, suiteOf, withSuite } from '../support/run-suite.ts';

const linesOf = async (folder: string, slug: string): Promise<Record<string, unknown>[]> =>
  (await readFile(join(folder, 'out/evidence', slug, 'history.ndjson'), 'utf8'))
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

describe('of a run', () => {
  let report: Report | undefined;
  let folders: string[];
  let passed: Record<string, unknown>[];
  let killed: Record<string, unknown>[];
  beforeAll(() =>
    withSuite(suiteOf('evidence'), async ({ folder, config }) => {
      ({ report } = await runCommandIn(folder, config, {}));
      folders = await readdir(join(folder, 'out/evidence'));
      passed = await linesOf(folder, 'it-passes');
      killed = await linesOf(folder, 'it-is-killed');
    }),
  );

  test('every scenario that began has a folder, which the report names; one that did not pass has a bundle beside it', () => {
    const summary = (report?.scenarios ?? []).map((each) => [
      each.name,
      [each.evidence, each.failure?.evidence],
    ]);
    const bundled = (name: string) => [`out/evidence/${name}/`, `out/evidence/${name}.tar.gz`];
    expect(Object.fromEntries(summary)).toMatchObject({
      'It passes': ['evidence/it-passes', undefined],
      'It fails': ['evidence/it-fails', bundled('it-fails')],
      'It cannot clean up': ['evidence/it-cannot-clean-up', undefined],
      'It does not fit': [null, undefined],
    });
    const all =
      'it-cannot-clean-up it-cannot-clean-up.tar.gz it-fails it-fails.tar.gz it-goes-on it-is-killed it-passes';
    expect(folders.toSorted().join(' ')).toBe(all);
  });

  test('the history has the steps, the remarks, the findings and the locks in their order', () => {
    const [header, ...lines] = passed;
    expect(header).toMatchObject({ recording: 'It passes', corral: 1, kubernetes: 'v1.99.0', clock: 'real' });
    const lock = { things: ['default-backup-target'] };
    expect(lines).toMatchObject([
      ...[
        { step: { id: 1, phase: 'begins', sentence: 'Given a thing' } },
        { step: { id: 1, phase: 'passed' } },
      ],
      { step: { id: 2, phase: 'begins' } },
      ...[{ lock: { ...lock, phase: 'asks' } }, { lock: { ...lock, phase: 'has' } }],
      { step: { id: 2, phase: 'passed' } },
      { step: { id: 3, phase: 'noted', sentence: 'a remark' } },
      { finding: { code: 'odd', title: 'It is odd', detail: 'very' } },
    ]);
  });

  test('what had happened is on disk when the process is killed', () => {
    expect(report?.scenarios.find(({ name }) => name === 'It is killed')).toMatchObject({
      state: 'failed',
      reason: 'the process that runs the scenarios ended before it did; it was at: Then it waits',
    });
    expect(killed.slice(1)).toMatchObject([
      { step: { phase: 'begins' } },
      { type: 'ADDED' },
      { expectation: { phase: 'set' } },
    ]);
  });
});

test('where it cannot be kept, or no page be written, the run says so once, goes on, and ends as it would', () =>
  withSuite(suiteOf('evidence-in-the-way'), async ({ folder, config }) => {
    await mkdir(join(folder, 'out/report.html.part'), { recursive: true });
    await writeFile(join(folder, 'out/report.html'), 'of an earlier run');
    const { exitCode, report, stdout, stderr } = await runCommandIn(folder, config, {});
    expect(exitCode).toBe(1);
    expect(
      report?.scenarios.map(({ state, evidence, failure }) => [state, evidence, failure?.evidence]),
    ).toEqual([
      ['passed', null, undefined],
      ['failed', null, []],
    ]);
    expect((stdout + stderr).split('The evidence of the scenarios cannot be kept: ENOTDIR').length).toBe(2);
    expect(stderr).toMatch(/^report\.html could not be written: EISDIR[^\n]*$/m);
    // What was there is not taken for this run's.
    await expect(stat(join(folder, 'out/report.html'))).rejects.toThrow('ENOENT');
  }));
