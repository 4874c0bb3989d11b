import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright';

type Launched = { browser: Browser; close(): Promise<void> };

let running: { launched: Promise<Launched>; users: number } | undefined;

const launchWith = async (executablePath: string, folder: string): Promise<Browser> => {
  // Read by those who have pages alone: each scenario has a process of its own.
  const { chromium } = await import('playwright');
  const start = (chromiumSandbox: boolean): Promise<Browser> =>
    chromium.launch({
      executablePath,
      tracesDir: folder,
      // Also with a profile of its own it keeps crash reports and settings in the user's folders.
      env: { ...process.env, XDG_CONFIG_HOME: folder, XDG_CACHE_HOME: folder },
      chromiumSandbox,
      // By their handlers the browser would end with the first Ctrl-C, under the cleanup of the scenario.
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false,
    });
  // As root Chromium does not start with its sandbox. For others it needs namespaces or a helper with setuid,
  // and only Chromium itself knows whether it has them.
  return process.getuid?.() === 0 ? start(false) : start(true).catch(() => start(false));
};

// Playwright leaves the traces behind that nobody asked for, and Chromium what it writes beside its profile,
// so they have a folder that ends with the browser.
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

// Wide enough for the table's first columns and the menu at its right edge.
const viewport = { width: 1600, height: 900 };

/**
 * Opens a context, with nothing in it of any other: pages, cookies, storage. The browser is one for all of
 * this process; it starts with the first context and ends with the last one that is open.
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
    return { context, close: () => context.close().finally(leave) };
  } catch (error) {
    await leave().catch(() => {});
    throw error;
  }
};

/** How a page is loaded: how many bytes have come for it so far, and for how many ms none may. */
export type Loading = { carried: () => number; quiet?: number };

// Of some megabytes, through the API server.
const longestQuiet = 60_000;

/**
 * Has a page go to a URL, and returns when it is loaded: it has the time that it takes, for as long as something of it
 * comes.
 */
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
