import { type Browser, chromium, type Page } from 'playwright';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { findChromium } from '../../../../e2e/ui/chromium.ts';
import { startTcpProxy, type TcpProxy } from '../../../support/tcp-proxy.ts';
import { serveEmulatedPage } from '../../../ui/support/emulated-page.ts';
import { ownAddress } from '../../support/test-api.ts';

const executablePath = findChromium(process.env);
const uiHost = ownAddress();

let browser: Browser;
let served: Awaited<ReturnType<typeof serveEmulatedPage>>;
let proxy: TcpProxy;
let page: Page;
/** How often a WebSocket of backups was opened. */
let opened: number;

beforeAll(async () => {
  if (executablePath !== undefined)
    browser = await chromium.launch({ executablePath, chromiumSandbox: process.getuid?.() !== 0 });
});
afterAll(() => browser?.close());
afterEach(async () => {
  await page.close();
  await proxy.close();
  await served.stop();
});

const open = async (): Promise<void> => {
  served = await serveEmulatedPage(uiHost);
  served.put('backup-a', { state: 'Completed' });
  const url = new URL(served.url);
  proxy = await startTcpProxy(Number(url.port), uiHost);
  url.host = `127.0.0.1:${proxy.port}`;
  page = await browser.newPage();
  opened = 0;
  page.on('websocket', (socket) => {
    if (socket.url().endsWith('/backups')) opened += 1;
  });
  await page.clock.install();
  await page.goto(url.href);
  await sign('open').waitFor();
  await page.getByText('Completed').waitFor();
  // From here on time is what the test makes it.
  await page.clock.pauseAt(new Date(Date.now() + 5000));
};

const sign = (state: string) => page.getByText(`backups: ${state}`, { exact: true });

// The page sets its timer when it learns of it, which takes a while; its own time stands still meanwhile.
const cut = async (): Promise<void> => {
  proxy.cut();
  await sign('closed').waitFor();
};

describe.skipIf(executablePath === undefined)("the page's WebSockets, as those of Longhorn's", () => {
  test('are opened again at once, after 3 s and after 10 s more, and then no more', async () => {
    await open();
    proxy.refuse();
    await cut();
    const counts: number[] = [];
    for (const time of [1, 2990, 20, 9990, 20, 60_000]) {
      await page.clock.runFor(time);
      await sign('closed').waitFor();
      counts.push(opened);
    }
    expect(counts).toEqual([2, 2, 3, 3, 4, 4]);
  });

  test('that tell nothing for minutes stay open, and what they tell then is shown', async () => {
    await open();
    await page.clock.runFor(300_000);
    expect(await sign('open').count()).toBe(1);
    served.put('backup-a', { state: 'Deleting' });
    await page.getByText('Deleting').waitFor();
    expect(opened).toBe(1);
  });
});
