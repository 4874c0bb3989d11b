import { createWriteStream } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip, gunzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { expect, test } from 'vitest';
import { runMergeReportsCommand } from '../../e2e/cli/merge-reports.ts';
import { runReportCommand } from '../../e2e/cli/report.ts';
import type { PageData, ReportTimeline } from '../../e2e/report/html/data.ts';
import { writeSampleRun } from '../report/html/support/sample-run.ts';
import { runInProcess } from '../support/run-in-process.ts';
import { folderOfEachTest } from '../support/temporary-folder.ts';

const folder = folderOfEachTest();

const run = (...args: string[]) => runInProcess(() => runReportCommand(args), folder());

const carriedBy = async (file: string) => {
  const page = await readFile(folder(file), 'utf8');
  const read = (id: string) => {
    const [, packed = ''] = new RegExp(`id="${id}">([^<]*)<`).exec(page) ?? [];
    return JSON.parse(gunzipSync(Buffer.from(packed, 'base64')).toString());
  };
  const data = read('data') as PageData;
  return { data, timelineOf: (id: string | null | undefined) => read(id ?? '') as ReportTimeline };
};

const bundle = async (name: string, files: Record<string, string>) => {
  const archive = pack();
  for (const [path, text] of Object.entries(files)) archive.entry({ name: path }, text);
  archive.finalize();
  await pipeline(archive, createGzip(), createWriteStream(folder(name)));
};

test('makes one page of several runs, the latest first', async () => {
  for (const name of ['18', '19']) {
    const report = await writeSampleRun(folder(name), 'green', `run0${name}`);
    const startedAt = `2026-11-${name}T03:00:00.000Z`;
    await writeFile(folder(name, 'report.json'), JSON.stringify({ ...report, startedAt }));
  }
  const stdout = expect.stringMatching(/^both\.html: 2 runs, \d\.\d MB$/);
  expect(await run('18', '19', '--out', 'both.html')).toEqual({ exitCode: 0, stdout, stderr: '' });
  const { runs } = (await carriedBy('both.html')).data;
  expect(runs.map((each) => [each.run, each.source])).toEqual([
    ['run019', '19/report.json'],
    ['run018', '18/report.json'],
  ]);
});

test('makes the page of a bundle, which has all in it', async () => {
  const report = await writeSampleRun(folder('last'), 'red');
  const evidence = folder('last/evidence/red');
  await bundle('red.tar.gz', {
    'red/README.txt': 'what this is',
    'red/report.json': JSON.stringify({ ...report, scenarios: report.scenarios.slice(1, 2) }),
    'red/history.ndjson': await readFile(join(evidence, 'history.ndjson'), 'utf8'),
    'red/logs/manager-x1.manager.log': '2026-11-20T03:00:01Z a line\n',
  });
  await rm(folder('last'), { recursive: true });
  expect((await run('red.tar.gz')).stdout).toMatch(/^red\.html: 1 run/);
  const { data, timelineOf } = await carriedBy('red.html');
  const timeline = timelineOf(data.runs[0]?.scenarios[0]?.timeline);
  expect(timeline.logs).toEqual([{ name: 'manager-x1', text: '2026-11-20T03:00:01Z a line\n' }]);
  expect(timeline.lanes.find(({ name }) => name === 'ze-b1')?.expectations).toHaveLength(2);
});

test('holds a run against the last ones of the same target and provider', async () => {
  await writeSampleRun(folder('last'), 'green');
  const name = 'A deleted backup is gone, and a second one of its volume can be made at once';
  const another = { name: 'another', state: 'passed', duration: 8 };
  const line = {
    ...{ run: 'old001', date: '2026-11-19T03:00:00.000Z', target: 'official', version: 'v1.12.0' },
    ...{ provider: 'lab', end: 'finished', duration: 1 },
    scenarios: [{ name, state: 'failed', duration: 7 }, another],
  };
  const later = { ...line, run: 'later1', date: '2026-11-21T03:00:00.000Z' };
  const runs = [line, { ...line, run: 'other1', provider: 'kind' }, later];
  await writeFile(folder('last/history.ndjson'), runs.map((each) => `${JSON.stringify(each)}\n`).join(''));
  await run('last');
  const { data } = await carriedBy('last/report.html');
  expect(data.runs[0]?.past.map((each) => each.run)).toEqual(['old001']);
  expect(data.runs[0]?.scenarios[0]?.past).toEqual([line.scenarios[0]]);
});

test('a merged report has a page with the evidence of all its parts', async () => {
  await writeSampleRun(folder('one'), 'red');
  await runInProcess(() => runMergeReportsCommand(['one', '--out', '.corral/merged']), folder());
  const { data, timelineOf } = await carriedBy('.corral/merged/report.html');
  const red = data.runs[0]?.scenarios.find(({ state }) => state === 'failed');
  expect(red?.evidence).toBe('../../one/evidence/red');
  expect(timelineOf(red?.timeline).lanes.length).toBeGreaterThan(5);
});
