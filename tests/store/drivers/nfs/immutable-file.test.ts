import { execFileSync } from 'node:child_process';
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

const pod = { namespace: 'corral', name: 'backupstore', container: 'nfs' };
let dir: string;
let path: string;

beforeEach(async () => {
  dir = await temporaryFolder();
  path = join(dir, 'backup.cfg');
  await writeFile(path, '{}');
});

afterEach(async () => {
  await makeMutable.heal(stubCluster(), { pod, path });
});

/** Only root may set the attribute, and not every file system has it. */
const canBeSet = (() => {
  try {
    execFileSync(
      'bash',
      ['-c', 'f=$(mktemp) && chattr +i "$f" && chattr -i "$f"; code=$?; rm "$f"; exit $code'],
      { stdio: 'ignore' },
    );
    return true;
  } catch {
    return false;
  }
})();

const fault = () =>
  immutableFile(stubCluster(), { pod, path, title: 'the config of the first backup is immutable' });

test.runIf(canBeSet)(
  'a file is immutable from the inject to the heal, and the proof says by what',
  async () => {
    const { inject, prove, data } = fault();
    await expect(prove()).rejects.toThrow(
      /^the config of the first backup is immutable: prove failed in backupstore .*its attributes are -+/,
    );
    await inject();
    expect(await prove()).toMatch(/^lsattr -+i\S*; writing to it: Operation not permitted$/);
    await expect(unlink(path)).rejects.toThrow('EPERM');
    expect(await makeMutable.heal(stubCluster(), data)).toBe('it is mutable');
    expect(await makeMutable.heal(stubCluster(), data)).toBe('it is mutable');
    await rm(path);
    expect(await makeMutable.heal(stubCluster(), data)).toBe('it is gone');
  },
);

test('a file that is not there cannot be made immutable', async () => {
  await rm(path);
  await expect(fault().inject()).rejects.toThrow(/set failed in backupstore with exit code \d+: chattr/);
});

test.runIf(canBeSet)('every immutable file of a store is mutable again, whoever made it so', async () => {
  await writeFile(join(dir, 'volume.cfg'), '{}');
  await fault().inject();
  const clearAll = () => stubCluster().exec(pod, attributeCommand('clear-all', dir));
  expect((await clearAll()).stdout).toBe(`${path}\n`);
  expect((await clearAll()).stdout).toBe('');
});
