import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Locator, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { expectationSigns, shapes, toneSigns } from '../../../e2e/report/html/page/chart/signs.ts';
import { sentenceSigns } from '../../../e2e/report/html/page/sentences.ts';
import { writePage } from '../../../e2e/report/html/write-page.ts';
import { openContext } from '../../../e2e/ui/browser.ts';
import { withoutChromium } from '../../../e2e/ui/chromium.ts';
import { browserForTests } from '../../support/browser.ts';
import { hostile, writeSampleRun } from './support/sample-run.ts';

const found = await browserForTests();
const { detail, mend } = withoutChromium(process.env);

let folder: string;
let browser: Browser;
let close = async (): Promise<void> => {};

beforeAll(async () => {
  if (found === undefined) return;
  folder = await mkdtemp(join(tmpdir(), 'corral-page-'));
  for (const colour of ['red', 'green'] as const) {
    await writeSampleRun(join(folder, colour), colour);
    await writePage(join(folder, colour));
  }
  // In two rounds, on the emulator.
  const rounds = join(folder, 'rounds');
  const { scenarios, ...report } = await writeSampleRun(rounds, 'green');
  const again = scenarios.map((each) => ({ ...each, round: 2, state: 'failed', duration: 300_000 }));
  const target = { name: 'emulator', version: null };
  const text = JSON.stringify({ ...report, target, scenarios: [...scenarios, ...again] });
  await writeFile(join(rounds, 'report.json'), text);
  await writePage(rounds);
  const opened = await openContext(found);
  close = opened.close;
  browser = opened.context.browser() as Browser;
});
afterAll(async () => {
  await close();
  if (folder) await rm(folder, { recursive: true });
});

type Look = { width?: number; colorScheme?: 'light' | 'dark'; hash?: string };

/** Opens a page; what it complains of and what it asks for beside itself fails the test that looks at it. */
const open = async (
  colour: 'red' | 'green' | 'rounds',
  { width = 1400, colorScheme = 'light', hash = '' }: Look = {},
): Promise<Page> => {
  const page = await browser.newPage({ viewport: { width, height: 1000 }, colorScheme });
  page.setDefaultTimeout(10_000);
  const wrong: string[] = [];
  page.on('console', (message) => wrong.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => wrong.push(String(error)));
  page.on('request', (request) => wrong.push(`request: ${request.url()}`));
  page.on('dialog', (dialog) => wrong.push(`dialog: ${dialog.message()}`));
  const address = pathToFileURL(join(folder, colour, 'report.html')).href;
  await page.goto(address + hash);
  await page.waitForSelector('html[data-ready]');
  onTestFinished(async () => {
    const broken = await page.evaluate(() => 'broken' in window);
    await page.close();
    expect(
      wrong.filter((each) => each !== `request: ${address}` && each !== `request: ${address}${hash}`),
    ).toEqual([]);
    expect(broken).toBe(false);
  });
  return page;
};

/** Shows the whole time of a scenario, which begins with its action. */
const showAll = (scenario: Locator) => scenario.getByRole('button', { name: 'All', exact: true }).click();
const ticksOf = (scenario: Locator) => scenario.locator('.chart .axis .tick text').allTextContents();

const boxOf = async (drawn: Locator) => {
  const box = await drawn.boundingBox();
  if (box === null) throw new Error(`${drawn} is not drawn`);
  return box;
};
const widthOf = (bars: Locator) => bars.evaluate((each) => (each as SVGGElement).getBBox().width);
const red = (page: Page) => page.locator('.scenario.failed');

describe.skipIf(found === undefined)(
  `the page in Chromium${found === undefined ? ` (${detail}: ${mend})` : ''}`,
  () => {
    test('of a red run: what failed comes first and is open, with its reason, its evidence, and a legend', async () => {
      const page = await open('red');
      expect(await page.locator('.overview h2').textContent()).toBe(
        '✗ Of 6 scenarios 1 failed, 1 not provable, 3 passed, 1 skipped',
      );
      expect(await page.locator('.scenarios tbody .state').allTextContents()).toEqual([
        '✗ failed',
        '? not provable',
        ...Array(3).fill('✓ passed'),
        '– skipped',
      ]);
      expect(await page.locator('details.scenario[open]').count()).toBe(2);
      const promises = page.locator('.overview .promises');
      expect(await promises.locator('summary').textContent()).toBe(
        "Promises of Longhorn's documents: 1 kept, 0 broken by known bugs, 0 in scenarios that failed, 359 not checked",
      );
      expect(await promises.locator('tbody td').allTextContents()).toEqual([
        ...['D2', `Only what nobody uses is removed ${hostile}`, '5', '✓ kept'],
        'A deleted backup is gone, and a second one of its volume can be made at once',
      ]);
      const matrix = page.locator('.overview .matrix');
      expect(await matrix.locator('summary').textContent()).toBe("2 cells of the store's matrix run");
      const rows = await matrix
        .locator('tbody tr')
        .evaluateAll((all) => all.map((row) => [...row.children].map((each) => each.textContent).join(', ')));
      expect(rows).toEqual([
        'delete | backups/ | no permission to list it, ✓ passed, A deleted backup is gone, and a second one of its volume can be made at once',
        "delete | the backup's config | no permission to remove it, ✗ failed, A failed backup deletion is retried and blocks nobody",
      ]);
      const failure = red(page).locator('.failure');
      for (const [part, text] of [
        ['.at-step', 'Then the first backup goes Deleting, and is gone'],
        ['.first', hostile],
        ['.points-to', 'Points to: Longhorn'],
        ['.messages', 'the store did not let Longhorn delete a file'],
      ] as const)
        expect(await failure.locator(part).textContent()).toContain(text);
      expect(await page.locator('img').count()).toBe(0);
      expect(await page.locator('.not-provable .failure .first').textContent()).toBe(
        'Expected: the first backup goes gone after Deleting\nGot:      the watch has a gap',
      );
      const links = red(page).locator('.evidence a, .facts a');
      const hrefs = await links.evaluateAll((all) => all.map((each) => (each as HTMLAnchorElement).href));
      const linked = ['red', 'red.tar.gz', 'red'].map((name) => join(folder, 'red/evidence', name));
      expect(hrefs).toEqual(linked.map((path) => pathToFileURL(path).href));
      const legend = red(page).locator('.legend');
      const explained = (await legend.textContent()) ?? '';
      const used = [toneSigns, expectationSigns, sentenceSigns].flatMap((signs) => Object.values(signs));
      expect(used.map((sign) => sign.slice(0, 1)).filter((sign) => !explained.includes(sign))).toEqual([]);
      expect(await legend.locator('.symbol').count()).toBe(Object.values(shapes).length);
    });

    test('draws, from the first When to the last Then or all, states, gaps and expectations in a lane for each', async () => {
      const scenario = red(await open('red'));
      const ticks = await ticksOf(scenario);
      expect([ticks[0], ticks.at(-1)]).toEqual(['1:00', '2:20']);
      await showAll(scenario);
      await expect.poll(() => ticksOf(scenario)).toContain('0:00');
      const chart = scenario.locator('.chart');
      await expect.poll(() => chart.locator('.kind-snapshots .gaps rect').count()).toBe(2);
      const lanes = await chart.locator('.lane .name').allTextContents();
      expect(lanes.slice(0, 6).join(', ')).toBe(
        'steps, immutable-file, locks, gaps in the watch, ze-b1, ze-b2',
      );
      expect(await chart.locator('.expectation text').allTextContents()).toEqual([
        '✓ the first backup goes Deleting → Error',
        '✗ broken: the first backup goes Deleting → gone',
      ]);
      expect(await chart.locator('.kind-backups .bars text').allTextContents()).toContain('✓ Completed');
      // Also what is out of sight, so that nobody scrolls to an empty picture.
      expect(await widthOf(scenario.locator('.kind-log .bars'))).toBeGreaterThan(500);
      await scenario.getByRole('button', { name: 'Action' }).click();
      await expect.poll(() => ticksOf(scenario)).toEqual(ticks);
    });

    test('of a green run: only what a link names is open; a long wait in line looks different, and drawn shorter', async () => {
      const hash = '#abc123-2-a-recurring-job-makes-its-backups-and-keeps-as-many-as-it-re';
      const page = await open('green', { hash });
      expect(await page.locator('.overview h2').textContent()).toBe('✓ Of 4 scenarios 3 passed, 1 skipped');
      expect(await page.locator('.rounds').count()).toBe(0);
      const opened = page.locator('.scenario[open]');
      expect(await opened.locator('.title').allTextContents()).toEqual([
        expect.stringMatching(/^A recurring job/),
      ]);
      const name = 'A backup made during a deletion';
      const row = page.locator('.scenarios tbody tr', { hasText: name });
      const waited = page.locator('details.scenario', { hasText: name });
      expect(await row.locator('.note').textContent()).toBe('2 min 30 s waiting for locks, not counted');
      expect(await row.locator('.number').first().textContent()).toBe('2 min 21 s');
      expect(await waited.locator('.took').first().textContent()).toBe(
        '2 min 21 s, and 2 min 30 s waiting for locks',
      );
      await page.locator('.scenarios .name a').first().click();
      await opened.first().getByText('vz-n', { exact: true }).waitFor();
      await waited.locator('summary').first().click();
      expect(await waited.locator('.axis .queue').textContent()).toBe('⋯ 2 min 30 s ⋯');
      const [drawn, whole] = await Promise.all(
        ['.backdrop .queue', '.lane.kind-steps svg'].map((each) => boxOf(waited.locator(each))),
      );
      expect(drawn?.width).toBeGreaterThan(10);
      expect(drawn?.width).toBeLessThan((whole?.width ?? 0) * 0.06);
    });

    test("of several rounds on the emulator: a mark for each leads to it; its page is none of Longhorn's", async () => {
      const page = await open('rounds');
      const job = page.locator('.rounds tr', { hasText: 'A recurring job' });
      expect((await job.locator('td').allTextContents()).join(' | ')).toBe(
        'A recurring job makes its backups and keeps as many as it retains | ✓✗ | 1 | 1 | 0 | 4 min 37 s | 5 min | 5 min',
      );
      await job.getByRole('link', { name: 'Round 1: passed, 4 min 37 s' }).click();
      await page.locator('details.scenario.passed[open]', { hasText: 'A recurring job' }).waitFor();
      const hasText = "on the emulator's own page, in the place of Longhorn's UI";
      const said = (on: Page) => on.locator('summary', { hasText }).count();
      expect([await said(page), await said(await open('red'))]).toEqual([2, 0]);
    });

    test('shows only the scenarios of the states that are chosen, and with the words searched for', async () => {
      const page = await open('red');
      const shown = async () => [
        await page.locator('.scenarios tbody tr').filter({ visible: true }).count(),
        await page.locator('details.scenario').filter({ visible: true }).count(),
      ];
      const filter = page.getByRole('search');
      const choose = (name: string) => filter.getByRole('button', { name }).click();
      expect(await shown()).toEqual([6, 6]);
      await choose('1 failed');
      await choose('3 passed');
      expect(await shown()).toEqual([4, 4]);
      expect(await filter.getByRole('status').textContent()).toBe('4 of 6 scenarios');
      // A question mark is a letter in there, and no wish for help.
      await filter.getByRole('searchbox').pressSequentially('RECURRING keeps?');
      expect(await page.locator('dialog[open]').count()).toBe(0);
      expect(await shown()).toEqual([0, 0]);
      await filter.getByRole('searchbox').fill('RECURRING keeps');
      expect(await shown()).toEqual([1, 1]);
      await choose('3 passed');
      await filter.getByRole('searchbox').fill('deletion-denied');
      expect(await shown()).toEqual([1, 1]);
    });

    test('the pointer shows the object as it was, and what had changed', async () => {
      const page = await open('red');
      const lane = red(page).locator('.lane', { hasText: 'ze-b2' });
      await showAll(red(page));
      await lane.scrollIntoViewIfNeeded();
      const box = await boxOf(lane.locator('svg'));
      const at = (seconds: number) => [box.x + (seconds / 290.9) * (box.width - 2), box.y + 15] as const;
      await page.mouse.move(...at(200));
      expect(await red(page).locator('.tooltip').textContent()).toMatch(/^backups ze-b2.*Completed/);
      const panel = red(page).locator('.object');
      expect(await panel.locator('.yaml').textContent()).toMatch(
        /\n {2}name: ze-b2\n(.*\n)*status:\n(.*\n)* {2}state: Completed\n/,
      );
      await page.mouse.move(...at(52.5));
      expect(await panel.locator('.yaml').textContent()).not.toContain('state: Completed');
      // What is clicked at stays.
      await page.mouse.click(...at(200));
      await page.mouse.move(...at(52.5));
      expect(await panel.locator('.yaml').textContent()).toContain('state: Completed');
    });

    test('keys go from state to state and from lane to lane, zoom, and let go', async () => {
      const page = await open('red');
      const chart = red(page).locator('.chart');
      await showAll(red(page));
      await chart.focus();
      const status = () => chart.locator('[role=status]').textContent();
      await page.keyboard.press('Escape');
      for (const key of [...Array(5).fill('ArrowDown'), 'ArrowRight']) await page.keyboard.press(key);
      expect(await status()).toMatch(/^backups ze-b1, \+15\.471 s\. ◷ new/);
      await page.keyboard.press('ArrowRight');
      expect(await status()).toMatch(/▸ InProgress/);
      expect(await red(page).locator('.object h4').textContent()).toContain('pinned');
      const ticks = () => ticksOf(red(page));
      const whole = await ticks();
      await page.keyboard.press('+');
      await expect.poll(ticks).not.toEqual(whole);
      await page.keyboard.press('Home');
      await expect.poll(ticks).toEqual(whole);
      await page.keyboard.press('Escape');
      expect(await red(page).locator('.object h4').textContent()).toBe('Object');
      await page.keyboard.press('?');
      expect(await page.locator('dialog[open]').textContent()).toContain('Keys of a timeline');
      await page.keyboard.press('Escape');
      expect(await page.locator('dialog[open]').count()).toBe(0);
    });

    test('fits on a phone, is light or dark as the system or its switch says, and prints what is open', async () => {
      const page = await open('red', { colorScheme: 'dark', width: 390 });
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
      const chart = red(page).locator('.chart');
      expect(await chart.locator('.kind-backups .bars path').count()).toBeGreaterThan(4);
      const back = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      const [dark, light] = ['rgb(15, 19, 24)', 'rgb(255, 255, 255)'];
      expect(await back()).toBe(dark);
      const choose = page.getByRole('button', { name: /Theme/ });
      await choose.click();
      expect(await back()).toBe(light);
      await choose.click();
      expect(await back()).toBe(dark);
      await page.emulateMedia({ media: 'print' });
      await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
      expect(await back()).toBe(light);
      const ofScreen = page.locator('nav, .filter, .tools, .log, .object, .tooltip');
      expect(await ofScreen.filter({ visible: true }).count()).toBe(0);
      expect(await page.locator('details.scenario').filter({ visible: true }).count()).toBe(2);
    });
  },
);
