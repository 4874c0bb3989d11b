import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { createTargetClient } from '../../../emulator/engine/target-client.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

let folder: string;
beforeEach(async () => {
  folder = await temporaryFolder();
});

const binary = async (script: string): Promise<string> => {
  const path = join(folder, 'longhorn');
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
  return path;
};
// As it fails in a store that has not what is looked for.
const look = () => Promise.reject(new Error('cannot find x in backupstore'));
const environment = () => ({});
const url = 'nfs://h:/p?backup=b&volume=v';
const failureOf = (work: Promise<unknown>): Promise<string> => work.then(String, (error) => error.message);

test.each([
  ['echo why; echo line >&2; exit 1', 'output why\n, stderr line\n: exit status 1'],
  ['kill -KILL $$', 'output , stderr : signal: killed'],
  ['kill -TERM $$', 'output , stderr : signal: terminated'],
])('a removal by %j fails in the words of longhorn-manager', async (script, end) => {
  const path = await binary(script);
  expect(
    await failureOf(createTargetClient({ binary: path, timeout: 5_000, environment, look }).remove(url)),
  ).toBe(`error deleting backup ${url}: failed to execute: ${path} [backup rm ${url}], ${end}`);
});

test('a removal that was refused is not taken for done by what its log says of another thing', async () => {
  const path = await binary(
    'echo "cannot find lock-1.lck in backupstore" >&2; echo operation not permitted; exit 1',
  );
  expect(
    await failureOf(createTargetClient({ binary: path, timeout: 5_000, environment, look }).remove(url)),
  ).toContain('output operation not permitted');
});

test('a removal has all the time it takes', async () => {
  await createTargetClient({ binary: await binary('sleep 0.3'), timeout: 50, environment, look }).remove(url);
});

test('a look that is a process is given up after its time', async () => {
  const path = await binary('sleep 0.3');
  expect(await failureOf(createTargetClient({ binary: path, timeout: 50, environment }).inspect(url))).toBe(
    `timeout executing: ${path} [backup inspect ${url}], output , stderr `,
  );
});

test('what cannot be found is removed, and nothing to inspect', async () => {
  const client = createTargetClient({
    binary: await binary('echo cannot find x in backupstore; exit 1'),
    timeout: 5_000,
    environment,
    look,
  });
  await client.remove(url);
  expect(await client.inspect(url)).toBeUndefined();
});
