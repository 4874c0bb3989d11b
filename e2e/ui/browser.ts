import { type Browser, type BrowserContext, chromium } from 'playwright-core';

let running: { browser: Promise<Browser>; users: number } | undefined;

const launch = (executablePath: string): Promise<Browser> =>
  chromium.launch({
    executablePath,
    // Its own sandbox, wherever it can be had: as root Chromium does not start with one, and says no more than that.
    chromiumSandbox: process.getuid?.() !== 0,
    // By their handlers the browser would end with the first Ctrl-C, under the clean-up of the scenario.
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
  });

// Wide enough for the table's first columns and the menu at its right edge.
const viewport = { width: 1600, height: 900 };

/**
 * Opens a context, with nothing in it of any other: pages, cookies, storage. The browser is one for all of this process; it starts with the first
 * context and ends with the last one that is open.
 */
export const openContext = async (executablePath: string): Promise<{ context: BrowserContext; close(): Promise<void> }> => {
  running ??= { browser: launch(executablePath), users: 0 };
  const shared = running;
  shared.users += 1;
  const leave = async (): Promise<void> => {
    shared.users -= 1;
    if (shared.users > 0) return;
    if (running === shared) running = undefined;
    await shared.browser.then((browser) => browser.close());
  };
  try {
    const context = await (await shared.browser).newContext({ viewport });
    return { context, close: () => context.close().finally(leave) };
  } catch (error) {
    await leave().catch(() => {});
    throw error;
  }
};
