import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { CDPSession, Page } from 'playwright';
import { writeReport } from '../../e2e/report/file.ts';
import { writePage } from '../../e2e/report/html/write-page.ts';
import { countStates, emptyScenario, type ScenarioReport } from '../../e2e/report/schema.ts';
import { openContext } from '../../e2e/ui/browser.ts';
import { findChromium, whyNoBrowser } from '../../e2e/ui/chromium.ts';
import { fetchBrowser } from '../../providers/browser.ts';
import { plainProgress } from '../../providers/progress.ts';
import { busyTime, type Frames, openMetrics, startNoting, stopNoting } from './frames.ts';
import { makeHistory, makeLog } from './make-history.ts';

const seconds = 600;

const writeRun = async (out: string, events: number): Promise<void> => {
  const evidence = join(out, 'evidence', 'bench');
  await mkdir(join(evidence, 'logs'), { recursive: true });
  await writeFile(join(evidence, 'history.ndjson'), makeHistory({ events, objects: 60, seconds }));
  await writeFile(
    join(evidence, 'logs', 'longhorn-manager.longhorn-manager.log'),
    makeLog({ lines: 15_000, seconds }),
  );
  const played = {
    name: 'bench',
    file: 'bench',
    seed: null,
    tags: [],
    round: 1,
    duration: seconds * 1000,
    evidence: 'evidence/bench',
  };
  const scenarios: ScenarioReport[] = [
    { ...emptyScenario, ...played, state: 'failed', reason: 'it is a bench' },
  ];
  const startedAt = '2026-11-20T03:00:00.000Z';
  const target = { name: 'emulator', version: null };
  const told = {
    provider: 'bench',
    target,
    kubernetes: null,
    judged: 'nothing',
    end: { state: 'finished' as const, reason: null },
  };
  await writeReport(out, {
    schemaVersion: 1,
    run: 'abc123',
    startedAt,
    duration: 1,
    ...told,
    scenarios,
    totals: countStates(scenarios),
  });
};

const row = (what: string, { count, busy, median, p95, max, longTasks }: Frames): string =>
  `| ${what} | ${count} | ${busy.toFixed(1)} | ${median.toFixed(1)} | ${p95.toFixed(1)} | ${max.toFixed(1)} | ${longTasks} |`;

const frames = (page: Page, count: number): Promise<void> =>
  page.evaluate(async (left) => {
    for (let each = 0; each < left; each += 1) await new Promise(requestAnimationFrame);
  }, count);

const measure = async (
  { page, metrics }: { page: Page; metrics: CDPSession },
  what: string,
  act: (each: number) => Promise<void>,
) => {
  const before = await busyTime(metrics);
  await startNoting(page);
  for (let each = 0; each < 60; each += 1) await act(each);
  await frames(page, 2);
  const noted = await stopNoting(page);
  return row(what, { ...noted, busy: ((await busyTime(metrics)) - before) / noted.count });
};

/**
 * Opens a page of so many events in headless Chromium, zooms and moves in it, and says how long frames took,
 * as a table in Markdown.
 */
export const benchReport = async ({ events }: { events: number }): Promise<string> => {
  const progress = plainProgress((line) => void process.stderr.write(`${line}\n`));
  const found = findChromium(process.env) ?? (await fetchBrowser({ progress }));
  if (found === undefined) throw new Error(whyNoBrowser(process.env));
  const out = await mkdtemp(join(tmpdir(), 'corral-bench-report-'));
  const { context, close } = await openContext(found);
  try {
    await writeRun(out, events);
    const made = performance.now();
    await writePage(out);
    const page = await context.newPage();
    await page.setViewportSize({ width: 1400, height: 1000 });
    const opened = performance.now();
    await page.goto(pathToFileURL(join(out, 'report.html')).href);
    await page.waitForSelector('html[data-ready]');
    const ready = performance.now();
    await page.locator('.chart').evaluate((chart) => chart.scrollIntoView());
    await frames(page, 3);
    const { x, y, width } = (await page.locator('.chart .lane').nth(3).boundingBox()) ?? {
      x: 0,
      y: 0,
      width: 0,
    };
    await page.mouse.move(x + width / 2, y + 10);
    const on = { page, metrics: await openMetrics(page) };
    await page.keyboard.down('Control');
    const zoomIn = await measure(on, 'zoom in', () => page.mouse.wheel(0, -60));
    const zoomOut = await measure(on, 'zoom out', () => page.mouse.wheel(0, 60));
    await page.mouse.wheel(0, -300);
    await page.keyboard.up('Control');
    await page.mouse.down();
    const pan = await measure(on, 'move', (each) =>
      page.mouse.move(x + width / 2 + 200 * Math.sin(each / 6), y + 10),
    );
    await page.mouse.up();
    const point = await measure(on, 'point at states', (each) => page.mouse.move(x + 250 + each * 9, y + 10));
    await page.locator('.chart').focus();
    const keys = await measure(on, 'arrow keys', (each) =>
      page.keyboard.press(each % 10 === 9 ? 'ArrowDown' : 'ArrowRight'),
    );
    const { size } = await stat(join(out, 'report.html'));
    return [
      `${events} events: made in ${(opened - made).toFixed(0)} ms, ${(size / 1e6).toFixed(2)} MB, opened and drawn in ${(ready - opened).toFixed(0)} ms`,
      '',
      '| frames while | count | work ms, mean | median ms | 95 % ms | longest ms | tasks over 50 ms |',
      '| --- | --- | --- | --- | --- | --- | --- |',
      ...[zoomIn, zoomOut, pan, point, keys],
    ].join('\n');
  } finally {
    await close();
    await rm(out, { recursive: true });
  }
};
