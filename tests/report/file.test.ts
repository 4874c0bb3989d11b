import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { composeReport, toUnplayed } from '../../e2e/report/compose-report.ts';
import { junitPath, readReport, removeReport, reportPath, writeReport } from '../../e2e/report/file.ts';
import { composeJunit } from '../../e2e/report/junit.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const makeFolder = async () => {
  const folder = await temporaryFolder();
  return join(folder, 'out');
};

const report = composeReport({
  run: 'abc123',
  provider: 'lab',
  target: { name: 'emulator', version: null },
  kubernetes: null,
  end: { state: 'set-up-failed', reason: 'no disk' },
  scenarios: [
    toUnplayed({ name: 'One', file: 'one.e2e.ts', seed: null, tags: ['held'], round: 1 }, 'no disk'),
  ],
  startedAt: new Date(),
});

test('what is written is read, and nothing else lies beside it', async () => {
  const out = await makeFolder();
  expect(await writeReport(out, report)).toBe(reportPath(out));
  expect(await readReport(out)).toEqual(report);
  expect((await readdir(out)).toSorted()).toEqual(['junit.xml', 'report.json']);
  expect(await readFile(junitPath(out), 'utf8')).toBe(composeJunit(report));
});

test('a removed report is none, and removing none is fine', async () => {
  const out = await makeFolder();
  await removeReport(out);
  await writeReport(out, report);
  await removeReport(out);
  expect(await readReport(out)).toBeUndefined();
  expect(await readdir(out)).toEqual([]);
});

test('a report that is not one is refused, written or read', async () => {
  const out = await makeFolder();
  await expect(writeReport(out, { ...report, run: 7 } as never)).rejects.toThrow('expected string');
  expect(await readReport(out)).toBeUndefined();
  await writeReport(out, report);
  await writeFile(reportPath(out), JSON.stringify({ ...report, extra: true }));
  await expect(readReport(out)).rejects.toThrow('Unrecognized key');
});

test('the totals and what was judged follow from the rest', () => {
  expect(report).toMatchObject({
    totals: { passed: 0, knownBugs: 0, failed: 0, skipped: 1, notProvable: 0 },
    judged: 'the emulator: this run proves the suite, not Longhorn',
    scenarios: [{ name: 'One', state: 'skipped', reason: 'no disk', duration: 0 }],
  });
});

test.each([undefined, null, [], ['setting a: value was "1", is "2"']])(
  'what is not as before the run is kept: %j',
  async (differences) => {
    const out = await makeFolder();
    const whole = differences === undefined ? report : { ...report, differences };
    await writeReport(out, whole);
    expect(await readReport(out)).toStrictEqual(whole);
  },
);
