import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';
import { afterAll, beforeAll, expect, onTestFinished } from 'vitest';
import { openContext } from '../../../e2e/ui/browser.ts';
import { followPage } from '../../../e2e/ui/followed-page.ts';
import type { RowState } from '../../../e2e/ui/row-state.ts';
import { longhornApiPort } from '../../../emulator/api/resource.ts';
import { createLog } from '../../../emulator/log.ts';
import type { Mutant } from '../../../emulator/mutants.ts';
import { serveFrontend, uiPort } from '../../../emulator/ui/frontend.ts';
import { backup, backupVolume, startTestApi } from '../../emulator/support/test-api.ts';
import { browserForTests } from '../../support/browser.ts';
import { startTcpProxy } from '../../support/tcp-proxy.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

/** The browser, kept running for all tests of a file, which would each start one of their own. */
export const keepBrowser = async (): Promise<string | undefined> => {
  const chromium = await browserForTests();
  let kept: Awaited<ReturnType<typeof openContext>> | undefined;
  beforeAll(async () => {
    if (chromium !== undefined) kept = await openContext(chromium);
  });
  afterAll(() => kept?.close());
  return chromium;
};

const input = fileURLToPath(new URL('../../../emulator/ui/page/main.ts', import.meta.url));

// Compiled once for all tests of a file.
let compiled: Promise<string> | undefined;
const compile = async (): Promise<string> => {
  const form = { platform: 'browser', logLevel: 'silent', output: { format: 'esm' }, write: false } as const;
  const { output } = await build({ ...form, input });
  return output[0].code;
};

type Options = {
  /** The backups that it has, each with its status. */
  rows: Record<string, Record<string, unknown>>;
  expected: () => Map<string, RowState>;
  mutant?: Mutant | undefined;
};

/** Serves the emulator's pages, on a datastore in memory, through a proxy, until the test is over. */
export const serveUi = async (mutant?: Mutant) => {
  compiled ??= compile();
  const file = join(await temporaryFolder(), 'page.js');
  await writeFile(file, await compiled);
  const api = await startTestApi();
  const { ip, signal } = api;
  const backend = { host: ip, port: longhornApiPort };
  const log = createLog(() => undefined);
  await serveFrontend({ backend, readTimeout: 90_000, log, signal, uiHost: ip, page: file, mutant });
  const proxy = await startTcpProxy(uiPort, ip);
  onTestFinished(proxy.close);
  return { ...api, proxy, url: `http://127.0.0.1:${proxy.port}/#` };
};

/** Opens the emulator's page of the backups of the volume `v`, and follows it until the test is over. */
export const openPage = async (chromium: string | undefined, { rows, expected, mutant }: Options) => {
  const { datastore, put: putObject, refused, proxy, url } = await serveUi(mutant);
  putObject('backupVolumes', backupVolume('bv', { of: 'v' }));
  /** Makes a backup of the volume, or changes it. */
  const put = (name: string, status: Record<string, unknown>): void =>
    putObject('backups', backup(name, { of: 'v', ...status }));
  for (const [name, status] of Object.entries(rows)) put(name, status);
  const page = await followPage({
    chromium: chromium ?? '',
    url: `${url}/backup/v?field=name&keyword=bv`,
    carried: () => 0,
    expected,
  });
  onTestFinished(page.close);
  return {
    ...{ datastore, put, proxy, page },
    until: async (test: () => boolean): Promise<void> => expect(await page.until(test, 10_000)).toBe(true),
    /** Denies a write, such as `delete backups backup-a`, in these words. */
    refuse: (what: string, words: string): void => void refused.set(what, words),
  };
};
