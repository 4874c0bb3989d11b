import { readdir, readFile, writeFile } from 'node:fs/promises';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { openContext } from '../../e2e/ui/browser.ts';
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

test('a browser that does not start leaves no trace behind', async () => {
  await expect(openContext(folder('chromium'))).rejects.toThrow('chromium');
  expect(await left()).toEqual([]);
});
