import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright';

type Launched = { browser: Browser; close(): Promise<void> };

let running: { launched: Promise<Launched>; users: number } | undefined;

const launchWith = async (executablePath: string, folder: string): Promise<Browser> => {
  // Loaded on demand, because each scenario has its own process and most need no browser.
  const { chromium } = await import('playwright');
  const start = (chromiumSandbox: boolean): Promise<Browser> =>
    chromium.launch({
      executablePath,
      tracesDir: folder,
      // Chromium writes crash reports and settings to the user's folders, even with a separate profile.
      env: { ...process.env, XDG_CONFIG_HOME: folder, XDG_CACHE_HOME: folder },
      chromiumSandbox,
      // With these handlers the browser would end at the first Ctrl-C, during the cleanup of the scenario.
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false,
    });
  // As root, Chromium does not start with its sandbox. Other users need namespaces or a setuid helper for it; only an
  // attempt shows whether they exist.
  return process.getuid?.() === 0 ? start(false) : start(true).catch(() => start(false));
};

// Playwright leaves unused traces behind, and Chromium files outside its profile. So they get a folder that is
// removed with the browser.
const launch = async (executablePath: string): Promise<Launched> => {
  const folder = await mkdtemp(join(tmpdir(), 'corral-browser-'));
  const removeFolder = () => rm(folder, { recursive: true, force: true });
  try {
    const browser = await launchWith(executablePath, folder);
    return { browser, close: () => browser.close().finally(removeFolder) };
  } catch (error) {
    await removeFolder();
    throw error;
  }
};

// Wide enough for the first columns of the table and the menu at its right edge.
const viewport = { width: 1600, height: 900 };

// Longhorn's page shows ten rows of a table at once, or three, so that another one would look as if it were not there.
// It reads this when it loads (longhorn-ui, src/publicPath.js).
const longPages = {
  name: 'pageSizeCollection',
  sizes: JSON.stringify({
    ...{ backupPageSize: 100, backupDetailPageSize: 100, backupTargetPageSize: 100 },
    ...{ volumePageSize: 100, systemBackupSize: 100, SystemRestoreSize: 100 },
  }),
};

/**
 * Opens an isolated browser context (pages, cookies, storage). All contexts of this process share one browser. It
 * starts with the first context and ends with the last.
 */
export const openContext = async (
  executablePath: string,
): Promise<{ context: BrowserContext; close(): Promise<void> }> => {
  running ??= { launched: launch(executablePath), users: 0 };
  const shared = running;
  shared.users += 1;
  const leave = async (): Promise<void> => {
    shared.users -= 1;
    if (shared.users > 0) return;
    if (running === shared) running = undefined;
    await (await shared.launched).close();
  };
  try {
    const { browser } = await shared.launched;
    const context = await browser.newContext({ viewport });
    await context.addInitScript(({ name, sizes }) => {
      // An empty page has no storage.
      if (location.protocol.startsWith('http')) sessionStorage.setItem(name, sizes);
    }, longPages);
    return { context, close: () => context.close().finally(leave) };
  } catch (error) {
    await leave().catch(() => {});
    throw error;
  }
};

/** How to watch the loading of a page: the number of bytes received so far, and how long (ms) it may stay the same. */
export type Loading = { carried: () => number; quiet?: number };

// In ms. The page has several megabytes, which come through the API server.
const longestQuiet = 60_000;

/** Opens a URL and returns when the page is loaded. There is no time limit while data arrive. */
export const loadPage = async (
  page: Page,
  url: string,
  { carried, quiet = longestQuiet }: Loading,
): Promise<void> => {
  const stopped = Promise.withResolvers<never>();
  let before = carried();
  const timer = setInterval(() => {
    const now = carried();
    if (now === before)
      stopped.reject(new Error(`of ${url} nothing came for ${quiet / 1000} s, and it is not loaded`));
    before = now;
  }, quiet);
  try {
    await Promise.race([page.goto(url, { timeout: 0 }), stopped.promise]);
  } finally {
    clearInterval(timer);
  }
};
