import { readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { loadPage, openContext } from '../../e2e/ui/browser.ts';
import { browserForTests } from '../support/browser.ts';
import { folderOfEachTest } from '../support/temporary-folder.ts';

const chromium = await browserForTests();
/**
 * What Playwright makes for itself is not counted: it is removed a moment after the browser has ended. Nor is
 * the socket of a Chromium that was killed.
 */
const left = async (): Promise<string[]> =>
  (await readdir(folder())).filter((name) => !/^(playwright|org\.chromium)/.test(name));

const folder = folderOfEachTest();
beforeEach(async () => {
  vi.stubEnv('TMPDIR', folder());
  vi.stubEnv('HOME', folder());
});

describe.skipIf(chromium === undefined)('a browser leaves no trace behind', () => {
  test.each(['nobody asked for the trace of a page', 'it ended before its page was closed'])(
    'when %s',
    async (when) => {
      const { context, close } = await openContext(chromium ?? '');
      await context.tracing.start({ snapshots: true });
      expect(await left()).toHaveLength(1);
      const browser = context.browser();
      const ended = new Promise((resolve) => browser?.once('disconnected', resolve));
      if (when.startsWith('it ended')) {
        const session = await browser?.newBrowserCDPSession();
        const { processInfo = [] } = (await session?.send('SystemInfo.getProcessInfo')) ?? {};
        // Not by Browser.crash: the handler that dumps it was seen to hold it for ever, and each later one too.
        process.kill(processInfo.find(({ type }) => type === 'browser')?.id ?? Number.NaN, 'SIGKILL');
        await ended;
      }
      await close().catch(() => {});
      expect(await left()).toEqual([]);
    },
  );
});

test.skipIf(chromium === undefined)(
  'a browser keeps its sandbox, and starts without where it has none; for root always without',
  async () => {
    const user = vi.spyOn(process, 'getuid');
    onTestFinished(() => user.mockRestore());
    const starts = async (says: string, id: number): Promise<string[]> => {
      const [named, log] = [folder('named'), folder(`${id}-${says}.log`)];
      const script = `#!/bin/sh
case "$*" in *--no-sandbox*) echo without ;; *) echo with; ${says} ;; esac >> '${log}'
exec '${chromium}' --no-sandbox "$@"
`;
      await writeFile(named, script, { mode: 0o755 });
      user.mockReturnValue(id);
      await (await openContext(named)).close();
      return (await readFile(log, 'utf8')).trim().split('\n');
    };
    expect(await starts(':', 1000)).toEqual(['with']);
    expect(await starts('exit 1', 1000)).toEqual(['with', 'without']);
    expect(await starts('exit 1', 0)).toEqual(['without']);
  },
);

/** A page of one script, which comes piece by piece, and ends or not; and how much of it has come. */
const servePage = async ({ pieces, ends }: { pieces: number; ends: boolean }) => {
  let bytes = 0;
  const server = createServer(async ({ url }, response) => {
    if (url !== '/script') return response.end('<script src="/script"></script>');
    for (let piece = 0; piece < pieces; piece += 1) {
      response.write(' ');
      bytes += 1;
      await sleep(200);
    }
    return ends ? response.end() : undefined;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, carried: () => bytes };
};

test.skipIf(chromium === undefined)(
  'a page is loaded for as long as something of it comes, and given up when nothing does',
  async () => {
    const { context, close } = await openContext(chromium ?? '');
    onTestFinished(close);
    const load = async (how: { pieces: number; ends: boolean }): Promise<void> => {
      const { url, carried } = await servePage(how);
      await loadPage(await context.newPage(), url, { carried, quiet: 2_000 });
    };
    const began = performance.now();
    await load({ pieces: 25, ends: true });
    expect(performance.now() - began).toBeGreaterThan(4_000);
    await expect(load({ pieces: 1, ends: false })).rejects.toThrow('nothing came for 2 s');
  },
);

test('a browser that does not start leaves no trace behind', async () => {
  await expect(openContext(folder('chromium'))).rejects.toThrow('chromium');
  expect(await left()).toEqual([]);
});
