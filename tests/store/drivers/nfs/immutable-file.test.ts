import { rm, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  attributeCommand,
  immutableFile,
  makeMutable,
} from '../../../../e2e/store/drivers/nfs/immutable-file.ts';
import { stubCluster } from '../../../support/stub-cluster.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const cluster = stubCluster();
const pod = { namespace: 'corral', name: 'backupstore', container: 'nfs' };
let dir: string;
let path: string;

beforeEach(async () => {
  dir = await temporaryFolder();
  path = join(dir, 'backup.cfg');
  await writeFile(path, '{}');
});
const heal = () => makeMutable.heal(cluster, { pod, path });
afterEach(heal);
const fault = () => immutableFile(cluster, { pod, path, title: 'the config is immutable' });

test('a file is immutable from the inject to the heal, of it or of all in the store, and the proof says by what', async ({
  skip,
}) => {
  const { inject, prove, data } = fault();
  await expect(prove()).rejects.toThrow(
    /^the config is immutable: prove failed in backupstore .*its attributes are -+/,
  );
  // Only root may set the attribute, and not every file system has it.
  await inject().catch((error: Error) => {
    skip(/Operation not (permitted|supported)/.test(error.message), error.message);
    throw error;
  });
  expect(await prove()).toMatch(/^lsattr -+i\S*; writing to it: Operation not permitted$/);
  await expect(unlink(path)).rejects.toThrow('EPERM');
  expect(await makeMutable.heal(cluster, data)).toBe('it is mutable');
  expect(await heal()).toBe('it is mutable');
  await inject();
  await writeFile(join(dir, 'volume.cfg'), '{}');
  const clearAll = () => cluster.exec(pod, attributeCommand('clear-all', dir));
  expect((await clearAll()).stdout).toBe(`${path}\n`);
  expect((await clearAll()).stdout).toBe('');
  await rm(path);
  expect(await heal()).toBe('it is gone');
});

test('a file that is not there cannot be made immutable', async () => {
  await rm(path);
  await expect(fault().inject()).rejects.toThrow(/set failed in backupstore with exit code \d+: chattr/);
});
