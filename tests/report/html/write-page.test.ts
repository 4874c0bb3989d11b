import { mkdir, readdir } from 'node:fs/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import { readRuns } from '../../../e2e/report/html/history-file.ts';
import { writePage } from '../../../e2e/report/html/write-page.ts';
import { folderOfEachTest } from '../../support/temporary-folder.ts';
import { writeSampleRun } from './support/sample-run.ts';

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
