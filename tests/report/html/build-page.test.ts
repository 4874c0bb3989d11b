import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildPage } from '../../../e2e/report/html/build-page.ts';
import type { PageData, Timeline } from '../../../e2e/report/html/data.ts';
import { makeRunOfFile } from '../../../e2e/report/html/page-run.ts';
import { hostile, writeSampleRun } from './support/sample-run.ts';

let folder: string;
let page: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'corral-page-'));
  const report = await writeSampleRun(folder, 'red');
  page = await buildPage([await makeRunOfFile({ ...report, run: 'abc123' }, join(folder, 'report.json'))]);
});
afterAll(() => rm(folder, { recursive: true }));

const carried = (): Map<string, unknown> => {
  const found = page.matchAll(/<script type="text\/plain" id="([^"]+)">([^<]*)<\/script>/g);
  return new Map(
    [...found].map(([, id = '', text = '']) => [
      id,
      JSON.parse(gunzipSync(Buffer.from(text, 'base64')).toString()),
    ]),
  );
};

describe('the file', () => {
  test('carries all, and nothing that was said as anything but data', () => {
    const { runs } = carried().get('data') as PageData;
    expect(JSON.stringify(runs)).toContain('onerror');
    expect(runs[0]?.scenarios.map(({ state, timeline }) => [state, timeline !== null])).toEqual([
      ['passed', true],
      ['failed', true],
      ['not-provable', true],
      ['passed', true],
      ['passed', true],
      ['skipped', false],
    ]);
    expect(runs[0]?.scenarios[1]?.hint?.at).toBe('longhorn');
    const timelines = [...carried()].filter(([id]) => id !== 'data').map(([, each]) => each as Timeline);
    expect(timelines).toHaveLength(5);
    expect(timelines.every(({ events, trouble }) => events > 40 && trouble.length === 0)).toBe(true);
    expect(page).not.toContain(hostile);
    expect(page).not.toContain('onerror');
    // As many ends of scripts as scripts: nothing ended one early.
    expect(page.match(/<\/script/gi)?.length).toBe(page.match(/<script/gi)?.length);
  });

  test('names its own script and style, and lets nothing else run or be asked for', () => {
    const policy = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(page)?.[1] ?? '';
    const hash = (text: string | undefined) =>
      `'sha256-${createHash('sha256')
        .update(text ?? '')
        .digest('base64')}'`;
    expect(policy.split('; ')).toEqual([
      "default-src 'none'",
      `script-src ${hash(/<script>(.*?)<\/script>/s.exec(page)?.[1])}`,
      `style-src ${hash(/<style>(.*?)<\/style>/s.exec(page)?.[1])}`,
      "base-uri 'none'",
      "form-action 'none'",
    ]);
    expect(page).not.toMatch(/<(link|img|iframe)|\bsrc=|@import|url\((?!#)/);
  });

  test('is small', () => {
    const script = /<script>(.*?)<\/script>/s.exec(page)?.[1] ?? '';
    expect(script.length).toBeLessThan(120_000);
    expect(page.length).toBeLessThan(600_000);
  });
});
