import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, expect, test } from 'vitest';
import { StoreError } from '../../../emulator/backupstore/errors.ts';
import { clocks } from '../../../emulator/clocks.ts';
import { createLook } from '../../../emulator/engine/look.ts';
import type { Mounts } from '../../../emulator/engine/mount.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

let folder: string;
beforeEach(async () => {
  folder = await temporaryFolder();
});

const behaviour = { clock: clocks.real, mutant: undefined, binary: '/b/longhorn' };
const look = (mount: Mounts['mount'], timeout = 5_000) =>
  createLook({ ...behaviour, timeout, mounts: { mount, unmount: async () => undefined } });
const failureOf = (work: Promise<unknown>): Promise<string> => work.then(String, (error) => error.message);

test("it gives what the command prints, and its log is nobody's", async () => {
  expect(await look(async () => folder)(['backup', 'ls', '--volume-only', 'nfs://h:/p'], {})).toBe('{}\n');
});

test('it fails in the words of the command that it stands for', async () => {
  const failure = await failureOf(
    look(async () => {
      throw new StoreError('cannot mount nfs h/p');
    })(['backup', 'ls', 'nfs://h:/p'], {}),
  );
  expect(failure).toMatch(
    /^failed to execute: \/b\/longhorn \[backup ls nfs:\/\/h:\/p\], output cannot mount nfs h\/p\n, stderr time=.* level=error msg="cannot mount nfs h\/p".*\n: exit status 1$/,
  );
});

test('it is given up after its time', async () => {
  const stalled = look(() => sleep(60_000, folder, { ref: false }), 50);
  expect(await failureOf(stalled(['backup', 'inspect', 'nfs://h:/p?backup=b&volume=v'], {}))).toBe(
    'timeout executing: /b/longhorn [backup inspect nfs://h:/p?backup=b&volume=v], output , stderr ',
  );
});
