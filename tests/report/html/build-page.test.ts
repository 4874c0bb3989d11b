import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { buildPage } from '../../../e2e/report/html/build-page.ts';
import type { PageData, ReportTimeline } from '../../../e2e/report/html/data.ts';
import { makeRunOfFile } from '../../../e2e/report/html/page-run.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { hostile, writeSampleRun } from './support/sample-run.ts';

test('a page carries all, is small, lets nothing else run, and has nothing that was said but as data', async () => {
  const folder = await temporaryFolder();
  const report = await writeSampleRun(folder, 'red');
  const page = await buildPage([await makeRunOfFile(report, join(folder, 'report.json'))]);
  const found = page.matchAll(/<script type="text\/plain" id="([^"]+)">([^<]*)<\/script>/g);
  const carried = new Map<string, unknown>(
    [...found].map(([, id = '', text = '']) => [
      id,
      JSON.parse(gunzipSync(Buffer.from(text, 'base64')).toString()),
    ]),
  );
  const { runs } = carried.get('data') as PageData;
  expect(JSON.stringify(runs)).toContain('onerror');
  expect(runs[0]?.scenarios.map(({ state, timeline }) => [state, timeline !== null])).toEqual(
    report.scenarios.map(({ state }) => [state, state !== 'skipped']),
  );
  expect(runs[0]?.scenarios[1]?.hint?.at).toBe('longhorn');
  carried.delete('data');
  const timelines = [...carried.values()] as ReportTimeline[];
  expect(timelines).toHaveLength(5);
  expect(timelines.every(({ events, unreadable }) => events > 40 && unreadable.length === 0)).toBe(true);
  expect(page).not.toContain(hostile);
  expect(page).not.toContain('onerror');
  // As many ends of scripts as scripts: nothing ended one early.
  expect(page.match(/<\/script/gi)?.length).toBe(page.match(/<script/gi)?.length);
  const [script = '', style = ''] = [/<script>(.*?)<\/script>/s, /<style>(.*?)<\/style>/s].map(
    (part) => part.exec(page)?.[1] ?? '',
  );
  expect(script.length).toBeLessThan(120_000);
  expect(page.length).toBeLessThan(600_000);
  const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  const policy = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(page)?.[1] ?? '';
  expect(policy.split('; ')).toEqual([
    "default-src 'none'",
    `script-src ${hash(script)}`,
    `style-src ${hash(style)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ]);
  expect(page).not.toMatch(/<(link|img|iframe)|\bsrc=|@import|url\((?!#)/);
});
