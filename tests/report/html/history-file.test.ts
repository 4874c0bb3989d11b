import { mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import { addRun, historyPath, readRuns } from '../../../e2e/report/html/history-file.ts';
import { writePage } from '../../../e2e/report/html/write-page.ts';
import { sampleReport, scenarioReport } from '../../support/scenario-report.ts';
import { folderOfEachTest } from '../../support/temporary-folder.ts';
import { writeSampleRun } from './support/sample-run.ts';

const folder = folderOfEachTest();

const report = (run: string) => sampleReport([], { run });

test('the last runs lie beside the folders of .corral, and within any other folder', () => {
  expect(historyPath('/work/.corral/last')).toBe('/work/.corral/history.ndjson');
  expect(historyPath('/results/nightly')).toBe('/results/nightly/history.ndjson');
});

test('no run is lost where many end at once, and 200 are kept in whole lines', async () => {
  await addRun(folder(), report('old'));
  const line = await readFile(historyPath(folder()), 'utf8');
  await writeFile(historyPath(folder()), line.repeat(195));
  const names = Array.from({ length: 10 }, (_, index) => `new${index}`);
  await Promise.all(names.map((name) => addRun(folder(), report(name))));
  const runs = await readRuns(folder());
  expect(runs).toHaveLength(200);
  const last = runs.slice(190).map(({ run }) => run);
  expect(last.toSorted()).toEqual(names);
  expect(await readdir(folder())).toEqual(['history.ndjson']);
});

test('of a scenario its own time is kept, as that in line is of others', async () => {
  const account = { cluster: 0, locks: 700.4, suite: 0, others: 0 };
  await addRun(folder(), sampleReport([scenarioReport('It waits in line', { account })]));
  expect((await readRuns(folder()))[0]?.scenarios).toEqual([
    { name: 'It waits in line', state: 'passed', duration: 300 },
  ]);
});

test('neither the lock of a dead run stops the others, nor a line that is none, which is kept', async () => {
  const lock = `${historyPath(folder())}.lock`;
  await writeFile(lock, '1\n');
  const old = new Date(Date.now() - 60_000);
  await utimes(lock, old, old);
  await writeFile(historyPath(folder()), 'not a run\n');
  await addRun(folder(), report('abc123'));
  expect((await readRuns(folder())).map(({ run }) => run)).toEqual(['abc123']);
  expect(await readFile(historyPath(folder()), 'utf8')).toMatch(/^not a run\n\{/);
});

const out = folderOfEachTest();

test('a run that ended has a page, and is one of the last runs; one that is merged is no run of its own', async () => {
  await writePage(out());
  expect(await readdir(out())).toEqual([]);
  await writeSampleRun(out(), 'red');
  await writePage(out(), { merged: true });
  expect(await readRuns(out())).toEqual([]);
  await writePage(out());
  expect(await readdir(out())).toEqual(['evidence', 'history.ndjson', 'report.html', 'report.json']);
  expect((await readRuns(out())).map(({ run, scenarios }) => [run, scenarios.length])).toEqual([
    ['abc123', 6],
  ]);
});

test('a page that cannot be written is one line, and the run is kept among the last ones all the same', async () => {
  await writeSampleRun(out(), 'green');
  await mkdir(out('report.html.part'));
  const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  onTestFinished(() => stderr.mockRestore());
  await writePage(out());
  expect(stderr.mock.calls.map(([line]) => line)).toEqual([
    expect.stringMatching(/^report\.html could not be written: EISDIR[^\n]*\n$/),
  ]);
  expect(await readRuns(out())).toHaveLength(1);
});
