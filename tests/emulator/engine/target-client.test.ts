import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { clocks } from '../../../emulator/clocks.ts';
import { createSharedReader } from '../../../emulator/engine/mount.ts';
import { createEngineQuery } from '../../../emulator/engine/query.ts';
import { createTargetClient } from '../../../emulator/engine/target-client.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const url = 'nfs://h:/p?backup=b&volume=v';
const failureOf = (work: Promise<unknown>): Promise<string> => work.then(String, (error) => error.message);

/** A client of a longhorn command that is this script; where it looks is a store that has not what is looked for. */
const clientOf = async (script: string, { timeout = 5_000, queries = true } = {}) => {
  const binary = join(await temporaryFolder(), 'longhorn');
  await writeFile(binary, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  const query = () => Promise.reject(new Error('cannot find x in backupstore'));
  const client = createTargetClient({ binary, timeout, environment: () => ({}), ...(queries && { query }) });
  return { binary, ...client };
};

test.each([
  ['echo why; echo line >&2; exit 1', 'output why\n, stderr line\n: exit status 1'],
  ['kill -KILL $$', 'output , stderr : signal: killed'],
  // What its log says of another thing does not make it one that was done.
  [
    'echo "cannot find lock-1.lck in backupstore" >&2; echo no; exit 1',
    'output no\n, stderr cannot find lock-1.lck in backupstore\n: exit status 1',
  ],
])('a removal by %j fails in the words of longhorn-manager', async (script, end) => {
  const { binary, remove } = await clientOf(script);
  const command = `failed to execute: ${binary} [backup rm ${url}]`;
  expect(await failureOf(remove(url))).toBe(`error deleting backup ${url}: ${command}, ${end}`);
});

test('a removal has all the time it takes, a look that is a process is given up after its', async () => {
  const { binary, remove, inspect } = await clientOf('sleep 0.3', { timeout: 50, queries: false });
  await remove(url);
  expect(await failureOf(inspect(url))).toBe(
    `timeout executing: ${binary} [${binary} backup inspect ${url}]`,
  );
});

test("the names of a volume's backups are what is listed; what is said of the volume instead is an error", async () => {
  const listed = async (of: object) =>
    (await clientOf(`echo '${JSON.stringify({ v: of })}'`, { queries: false })).backups('nfs://h:/p', 'v');
  expect(await listed({ Messages: {}, Backups: { b1: {}, b2: {} } })).toEqual(['b1', 'b2']);
  expect(await listed({ Messages: {} })).toEqual([]);
  const error = 'cannot find backupstore/volumes/v/volume.cfg in backupstore';
  expect(await failureOf(listed({ Messages: { error } }))).toBe(error);
});

test('a look within the manager is given up after its time', async () => {
  const mounts = { mount: () => sleep(60_000, '', { ref: false }), unmount: async () => undefined };
  const binary = process.execPath;
  const behaviour = { clock: clocks.real, mutant: undefined, binary };
  const query = createEngineQuery({ ...behaviour, timeout: 50, mounts });
  expect(await failureOf(query(['backup', 'inspect', url], {}))).toBe(
    `timeout executing: ${binary} [${binary} backup inspect ${url}]`,
  );
});

test('a program that is missing is named, by a look within the manager too', async () => {
  const binary = '/nowhere/longhorn';
  const mounts = { mount: async () => '', unmount: async () => undefined };
  const query = createEngineQuery({ clock: clocks.real, mutant: undefined, binary, timeout: 50, mounts });
  const { remove } = createTargetClient({ binary, timeout: 50, environment: () => ({}), query });
  const end = `, output , stderr : fork/exec ${binary}: no such file or directory`;
  const [looked, removed] = [`${binary} backup inspect ${url}`, `backup rm ${url}`];
  expect(await failureOf(query(['backup', 'inspect', url], {}))).toBe(
    `failed to execute: ${binary} [${looked}]${end}`,
  );
  expect(await failureOf(remove(url))).toBe(
    `error deleting backup ${url}: failed to execute: ${binary} [${removed}]${end}`,
  );
});

test('what can be read answers, and what cannot says why', async () => {
  const read = createSharedReader();
  await read(import.meta.dirname);
  await expect(read(`${import.meta.dirname}/nowhere`)).rejects.toThrow(/no such file/);
});

test('who asks while it is being read gets the same answer, who comes later and another mount point do not', async () => {
  const mounted: string[] = [];
  const answers = Promise.withResolvers<void>();
  const read = createSharedReader(async (mountPoint) => {
    mounted.push(mountPoint);
    await answers.promise;
  });
  const looks = ['/silent', '/silent', '/other'].map(read);
  expect(mounted).toEqual(['/silent', '/other']);
  answers.reject(new Error('gone'));
  expect(await Promise.allSettled(looks)).toMatchObject(looks.map(() => ({ reason: { message: 'gone' } })));
  await expect(read('/silent')).rejects.toThrow('gone');
  expect(mounted).toEqual(['/silent', '/other', '/silent']);
});
