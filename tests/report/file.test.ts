import { appendFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { composeReport, toNotRun } from '../../e2e/report/compose-report.ts';
import { junitPath, readReport, removeReport, reportPath, writeReport } from '../../e2e/report/file.ts';
import { composeJunit } from '../../e2e/report/junit.ts';
import { verdictsPath, writeVerdict } from '../../e2e/report/verdicts.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

let out: string;
beforeEach(async () => {
  out = join(await temporaryFolder(), 'out');
});

const one = { name: 'One', file: 'one.e2e.ts', seed: null, tags: ['held'], round: 1 };
const report = composeReport({
  run: 'abc123',
  provider: 'lab',
  target: { name: 'emulator', version: null },
  kubernetes: null,
  end: { state: 'set-up-failed', reason: 'no disk' },
  scenarios: [toNotRun(one, 'no disk')],
  startedAt: new Date(),
});

test('what is written is read, with what follows from it, and gone without a trace when it is removed', async () => {
  await removeReport(out);
  expect(await writeReport(out, report)).toBe(reportPath(out));
  expect(await readReport(out)).toEqual(report);
  expect((await readdir(out)).toSorted()).toEqual(['junit.xml', 'report.json']);
  expect(await readFile(junitPath(out), 'utf8')).toBe(composeJunit(report));
  await removeReport(out);
  expect(await readReport(out)).toBeUndefined();
  expect(await readdir(out)).toEqual([]);
});

test('a report that is not one is refused, written or read', async () => {
  await expect(writeReport(out, { ...report, run: 7 } as never)).rejects.toThrow('expected string');
  expect(await readReport(out)).toBeUndefined();
  await writeReport(out, report);
  await writeFile(reportPath(out), JSON.stringify({ ...report, extra: true }));
  await expect(readReport(out)).rejects.toThrow('Unrecognized key');
});

test('of a run whose processes were killed stand the verdicts that it had reached, each the latest', async () => {
  const kubernetes = { server: 'https://cluster.invalid', context: 'c', version: 'v1.36.3' };
  const startedAt = new Date().toISOString();
  const started = { ...toNotRun(one, ''), startedAt };
  const begun = { state: 'runner-died', reason: 'killed' } as const;
  const two = toNotRun({ ...one, name: 'Two' }, 'killed');
  await writeReport(out, { ...report, end: begun, scenarios: [...report.scenarios, two] });
  writeVerdict(out, {
    kubernetes,
    scenario: { ...started, state: 'passed', reason: null, leftBehind: 'the cleanup did not end' },
  });
  writeVerdict(out, { kubernetes, scenario: { ...started, state: 'passed', reason: null } });
  writeVerdict(out, { kubernetes, scenario: { ...started, name: 'Two', round: 2 } });
  await appendFile(verdictsPath(out), '{"half');
  const read = await readReport(out);
  expect(read).toMatchObject({ kubernetes, totals: { passed: 1, skipped: 1 } });
  expect(read?.scenarios).toEqual([{ ...started, state: 'passed', reason: null }, two]);

  await writeReport(out, { ...report, end: { state: 'finished', reason: null } });
  expect((await readReport(out))?.totals).toMatchObject({ passed: 0, skipped: 1 });
  await removeReport(out);
  expect(await readdir(out)).toEqual([]);
});
