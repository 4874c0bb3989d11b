import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { type Ended, runCommandIn, withSuite } from '../support/run-suite.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

const head = `import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';\nimport { observed } from '${root}tests/support/inline-history.ts';\n`;

const played = (text: string, work: (played: { folder: string; ended: Ended }) => Promise<void>) =>
  withSuite({ 'one.e2e.ts': head + text }, async ({ folder, config }) => {
    await work({ folder, ended: await runCommandIn(folder, config, {}) });
  });

const linesOf = async (folder: string, slug: string): Promise<Record<string, unknown>[]> =>
  (await readFile(join(folder, 'out/evidence', slug, 'history.ndjson'), 'utf8'))
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

test('every scenario that began has a folder, which the report names; one that did not pass has a bundle beside it', () =>
  played(
    `scenario('It passes', {}, async ({ does }) => { await does('Given a thing'); });
scenario('It fails', {}, async ({ does }) => { await does('Given a thing', () => { throw new Error('so it does'); }); });
scenario('It cannot clean up', {}, async ({ later }) => { later(() => { throw new Error('something stays'); }); });
scenario('It leaves', {}, async ({ skip }) => skip('no reason'));
scenario('It does not fit', { needs: ['lab'] }, async () => {});`,
    async ({ folder, ended: { report } }) => {
      const told = Object.fromEntries(
        (report?.scenarios ?? []).map(({ name, evidence }) => [name, evidence]),
      );
      expect(told).toEqual({
        'It passes': 'evidence/it-passes',
        'It fails': 'evidence/it-fails',
        'It cannot clean up': 'evidence/it-cannot-clean-up',
        'It leaves': 'evidence/it-leaves',
        'It does not fit': null,
      });
      expect((await readdir(join(folder, 'out/evidence'))).sort()).toEqual([
        'it-cannot-clean-up',
        'it-cannot-clean-up.tar.gz',
        'it-fails',
        'it-fails.tar.gz',
        'it-leaves',
        'it-passes',
      ]);
      const failures = report?.scenarios.flatMap(({ name, failure }) =>
        failure === undefined ? [] : [[name, failure.step, failure.evidence]],
      );
      expect(failures).toEqual([
        ['It fails', 'Given a thing', ['out/evidence/it-fails/', 'out/evidence/it-fails.tar.gz']],
        [
          'It cannot clean up',
          null,
          ['out/evidence/it-cannot-clean-up/', 'out/evidence/it-cannot-clean-up.tar.gz'],
        ],
      ]);
    },
  ));

test('the history tells the steps, the remarks, the findings and the locks in their order', () =>
  played(
    `scenario('It passes', { exclusive: ['longhorn-managers'] }, async ({ does, note, finds, exclusive }) => {
  await does('Given a thing');
  await exclusive('longhorn-managers');
  note('a remark');
  finds({ title: 'It is odd', detail: 'very' });
});`,
    async ({ folder }) => {
      const [header, ...lines] = await linesOf(folder, 'it-passes');
      expect(header).toMatchObject({
        recording: 'It passes',
        corral: 1,
        round: 1,
        file: 'one.e2e.ts',
        kubernetes: 'v1.99.0',
        clock: 'real',
      });
      expect(lines.map(({ at: _, marker: __, ...told }) => told)).toEqual([
        { step: { id: 1, phase: 'begins', sentence: 'Given a thing' } },
        { step: { id: 1, phase: 'passed', sentence: 'Given a thing' } },
        { step: { id: 2, phase: 'begins', sentence: 'Given longhorn-managers for itself alone' } },
        { lock: { things: ['longhorn-managers'], phase: 'asks' } },
        { lock: { things: ['longhorn-managers'], phase: 'has' } },
        { step: { id: 2, phase: 'passed', sentence: 'Given longhorn-managers for itself alone' } },
        { step: { id: 3, phase: 'noted', sentence: 'a remark' } },
        { finding: { title: 'It is odd', detail: 'very' } },
      ]);
    },
  ));

test('what had happened is on disk when the process is killed', () =>
  played(
    `scenario('It is killed', {}, async ({ does }) => {
  await does('Then it waits', () => observed(async ({ expect, push }) => {
    push('InProgress');
    // Soon, and before anything has been closed.
    const isThere = () => readFileSync('out/evidence/it-is-killed/history.ndjson', 'utf8').includes('awaits');
    setInterval(() => isThere() && process.kill(process.pid, 'SIGKILL'), 5);
    await expect('Completed');
  }, '30s'));
});`,
    async ({ folder, ended: { report } }) => {
      expect(report?.scenarios[0]).toMatchObject({
        name: 'It is killed',
        state: 'failed',
        reason: 'its process ended before it did',
      });
      const lines = await linesOf(folder, 'it-is-killed');
      expect(
        lines
          .slice(1)
          .map(({ type, step, expectation }) => [type, step, expectation].find((each) => each !== undefined)),
      ).toMatchObject([{ phase: 'begins' }, 'ADDED', { phase: 'set' }]);
    },
  ));

describe('where it cannot be kept', () => {
  test('the run says so once, and goes on', () =>
    played(
      `// In the way of the folder, and only now: what was there before the run has been removed.
mkdirSync('out', { recursive: true });
writeFileSync('out/evidence', '');
scenario('It passes', {}, async ({ does }) => { await does('Given a thing'); });
scenario('It passes too', {}, async ({ does }) => { await does('Given another'); });
scenario('It fails', {}, async ({ does }) => { await does('Given a third', () => { throw new Error('so it does'); }); });`,
      async ({ ended: { report, stdout, stderr } }) => {
        expect(report?.totals).toMatchObject({ passed: 2, failed: 1 });
        expect(report?.scenarios.map(({ evidence, failure }) => [evidence, failure?.evidence])).toEqual([
          [null, undefined],
          [null, undefined],
          [null, []],
        ]);
        expect((stdout + stderr).split('The evidence of the scenarios cannot be kept: ENOTDIR').length).toBe(
          2,
        );
      },
    ));
});

test('what an earlier run kept in the same folder is gone; what an earlier round of this one kept is not', () =>
  withSuite(
    { 'one.e2e.ts': `scenario('It passes', {}, async ({ does }) => { await does('Given a thing'); });` },
    async ({ folder, config }) => {
      await mkdir(join(folder, 'out/evidence/of-another-run'), { recursive: true });
      await runCommandIn(folder, config, { flags: ['--repeat', '2'] });
      expect((await readdir(join(folder, 'out/evidence'))).sort()).toEqual(['it-passes', 'it-passes-r2']);
    },
  ));
