import { afterAll, beforeAll, expect, onTestFinished } from 'vitest';
import type { Look } from '../../../e2e/ui/backup-look.ts';
import { openContext } from '../../../e2e/ui/browser.ts';
import { findChromium } from '../../../e2e/ui/chromium.ts';
import { followPage } from '../../../e2e/ui/followed-page.ts';
import type { Mutant } from '../../../emulator/mutants.ts';
import { ownAddress } from '../../emulator/support/test-api.ts';
import { startTcpProxy } from '../../support/tcp-proxy.ts';
import { serveEmulatedPage } from './emulated-page.ts';

/** The system's browser, kept running for all tests of a file, which would each start one of their own. */
export const keepBrowser = (): string | undefined => {
  const chromium = findChromium(process.env);
  let kept: Awaited<ReturnType<typeof openContext>> | undefined;
  beforeAll(async () => {
    if (chromium !== undefined) kept = await openContext(chromium);
  });
  afterAll(() => kept?.close());
  return chromium;
};

type Options = {
  /** The backups that it has, each with its status. */
  rows: Record<string, Record<string, unknown>>;
  expected: () => Map<string, Look>;
  mutant?: Mutant | undefined;
};

/** Opens the emulator's page of backups through a proxy, and follows it until the test is over. */
export const openPage = async (chromium: string | undefined, { rows, expected, mutant }: Options) => {
  const uiHost = ownAddress();
  const served = await serveEmulatedPage(uiHost, mutant === undefined ? {} : { mutant });
  for (const [name, status] of Object.entries(rows)) served.put(name, status);
  const url = new URL(served.url);
  const proxy = await startTcpProxy(Number(url.port), uiHost);
  onTestFinished(proxy.close);
  url.host = `127.0.0.1:${proxy.port}`;
  const page = await followPage({ chromium: chromium ?? '', url: url.href, expected });
  onTestFinished(page.close);
  const until = async (test: () => boolean): Promise<void> =>
    expect(await page.until(test, 10_000)).toBe(true);
  return { ...served, proxy, page, until };
};
