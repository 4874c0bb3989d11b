import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import type { DeniedReading } from '../../../../e2e/store/driver.ts';
import {
  allowReading,
  deniedReading,
  readingCommand,
} from '../../../../e2e/store/drivers/nfs/denied-reading.ts';
import { stubCluster } from '../../../support/stub-cluster.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

// As whom a client acts only root can try: that the rights count is proven where a server runs
// (tests/faults/strangers.cluster.test.ts).
const cluster = stubCluster({ hurried: true });
const pod = { namespace: 'corral', name: 'backupstore', container: 'nfs' };
let dir: string;
let path: string;

beforeEach(async () => {
  dir = await temporaryFolder();
  path = join(dir, 'backups');
  await mkdir(path, { mode: 0o700 });
  await writeFile(join(path, 'backup_b.cfg'), '{}');
});

const fault = (denied: DeniedReading) => deniedReading(cluster, { pod, path, denied, title: 'it is shut' });
const mode = async (of = path): Promise<string> => ((await stat(of)).mode & 0o777).toString(8);

test.each([
  ['its listing', '300'],
  ['all that is in it', '200'],
] as const)('%s is refused to the owner of a folder, until the heal', async (denied, shut) => {
  const { inject, prove, data } = fault(denied);
  await inject();
  expect(await mode()).toBe(shut);
  // Where clients are not made one user, nothing is proven.
  await expect(prove()).rejects.toThrow(
    `the folder is user ${process.getuid?.()}'s, not user 65534's, whom all clients are`,
  );
  expect(await allowReading.heal(cluster, data)).toBe('it can be read');
  expect(await mode()).toBe('700');
  expect(await allowReading.heal(cluster, data)).toBe('it can be read');
});

test('a folder that is not there cannot be shut, nor is it proven to be, nor opened', async () => {
  await rm(path, { recursive: true });
  const { inject, prove, data } = fault('its listing');
  await expect(inject()).rejects.toThrow(/^it is not so that it is shut: set failed in backupstore .*chmod/);
  await expect(prove()).rejects.toThrow(/^it is not so that it is shut: prove failed in backupstore .*stat/);
  expect(await allowReading.heal(cluster, data)).toBe('it is gone');
});

test('every folder of a store can be read again, whoever shut it, and no other is touched', async () => {
  const open = join(dir, 'open');
  await mkdir(open, { mode: 0o755 });
  await fault('all that is in it').inject();
  const clearAll = () => cluster.exec(pod, readingCommand('clear-all', dir));
  expect((await clearAll()).stdout).toBe(`${path}\n`);
  expect([await mode(), await mode(open)]).toEqual(['700', '755']);
  expect((await clearAll()).stdout).toBe('');
});
