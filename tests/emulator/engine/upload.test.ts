import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, test, vi } from 'vitest';
import { createUploads, type UploadRequest, type Uploads } from '../../../emulator/engine/upload.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

let folder: string;
beforeEach(async () => {
  folder = await temporaryFolder();
});

const request: UploadRequest = {
  volume: 'v',
  volumeSize: 1,
  backup: 'b',
  snapshot: 's',
  snapshotCreatedAt: '',
  directory: '',
  compressionMethod: 'none',
  labels: {},
  parameters: {},
};
const uploads = async (script: string) => {
  const binary = join(folder, 'longhorn');
  await writeFile(binary, `#!/bin/bash\n${script}\n`, { mode: 0o755 });
  return createUploads(binary);
};
const upload = { url: 'nfs://h:/p', request, environment: {} };
const start = async (script: string) => {
  const running = await uploads(script);
  await running.prepare({ ...upload, timeout: 5_000 });
  await running.start('b');
  return running;
};
const ready = `echo '{"ready":true}'; read line`;

test('an upload is under way once its command says so, and ends with it', async () => {
  const running = await start(`${ready}; echo '{"started":true}'; echo '{"progress":40}'; exit 0`);
  await vi.waitUntil(() => running.status('b')?.state === 'complete');
  expect(running.status('b')).toMatchObject({
    progress: 100,
    backupURL: 'nfs://h:/p?backup=b&volume=v',
    snapshotName: 's',
  });
});

test('it goes on only once it is told to', async () => {
  const running = await uploads(`${ready} && echo "$line" > ${folder}/told; exit 1`);
  await running.prepare({ ...upload, timeout: 5_000 });
  expect(existsSync(join(folder, 'told'))).toBe(false);
  await expect(running.start('b')).rejects.toThrow('backup create ended with exit status 1');
  expect(await readFile(join(folder, 'told'), 'utf8')).toBe('go\n');
});

test.each([
  ['is given up', (running: Uploads) => running.giveUp('b')],
  ['is prepared anew', (running: Uploads) => running.prepare({ ...upload, timeout: 5_000 })],
  ['is not told in time', () => undefined],
])('a prepared one that %s ends untold', async (_, act) => {
  const running = await uploads(`${ready} || touch ${folder}/untold; exit 0`);
  await running.prepare({ ...upload, timeout: 2_000 });
  await act(running);
  await vi.waitUntil(() => existsSync(join(folder, 'untold')), { timeout: 10_000 });
  expect(running.status('b')).toBeUndefined();
});

test('one that is not prepared cannot be started', async () => {
  await expect((await uploads('')).start('b')).rejects.toThrow('the upload of b is not prepared');
});

test('it is run behind all else, and with a small heap', async () => {
  await expect(start('sleep 0.1; echo "nice $(nice) $NODE_OPTIONS"; exit 1')).rejects.toThrow(
    /^nice 5 .*--max-old-space-size=48/,
  );
});

test.each([
  ['echo the last word; exit 1', 'the last word'],
  ['exit 2', 'backup create ended with exit status 2'],
  ['kill -KILL $$', 'backup create ended with SIGKILL'],
  ['exit 0', 'the upload of b was given up before it began'],
])('one that ends by %j before it is under way fails with %j', async (script, message) => {
  await expect(start(script)).rejects.toThrow(message);
  await expect(start(`${ready}; ${script}`)).rejects.toThrow(message);
});
