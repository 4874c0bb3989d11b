import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';
import { apiPort } from '../../../emulator/api/handler.ts';
import { createLog } from '../../../emulator/log.ts';
import type { Mutant } from '../../../emulator/mutants.ts';
import { serveFrontend, uiPort } from '../../../emulator/ui/frontend.ts';
import { backup, backupVolume, startTestApi } from '../../emulator/support/test-api.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const script = fileURLToPath(new URL('../../../emulator/ui/page/main.ts', import.meta.url));

// Compiled once for all tests of a file.
let compiled: Promise<string> | undefined;
const compile = async (): Promise<string> => {
  const { output } = await build({
    platform: 'browser',
    logLevel: 'silent',
    input: script,
    output: { format: 'esm' },
    write: false,
  });
  return output[0].code;
};

/**
 * The emulator's user interface at an address of the test's own, on a datastore in memory that has the volume
 * `v` in the store.
 */
export const serveEmulatedPage = async (uiHost: string, { mutant }: { mutant?: Mutant } = {}) => {
  const page = join(await temporaryFolder(), 'page.js');
  compiled ??= compile();
  await writeFile(page, await compiled);
  const { datastore, put, refused, signal } = await startTestApi(uiHost);
  await serveFrontend({
    backend: { host: uiHost, port: apiPort },
    readTimeout: 90_000,
    log: createLog(() => undefined),
    signal,
    uiHost,
    page,
    mutant,
  });
  put('backupVolumes', backupVolume('bv', { of: 'v' }));
  return {
    url: `http://${uiHost}:${uiPort}/#/backup/v?field=name&keyword=bv`,
    datastore,
    /** Makes a backup of the volume, or changes it. */
    put: (name: string, status: Record<string, unknown>): void =>
      put('backups', backup(name, { of: 'v', ...status })),
    /** Denies a write, such as `delete backups backup-a`, in these words. */
    refuse: (what: string, words: string): void => void refused.set(what, words),
  };
};
