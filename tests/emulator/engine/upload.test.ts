import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createUploads, type UploadRequest } from '../../../emulator/engine/upload.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'corral-upload-'));
});
afterEach(() => rm(folder, { recursive: true }));

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
const start = async (script: string) => (await uploads(script)).start('nfs://h:/p', request, 5_000);

test('an upload is under way once its command says so, and ends with it', async () => {
  const running = await uploads(`echo '{"started":true}'; echo '{"progress":40}'; read -t 5 line; exit 0`);
  await running.start('nfs://h:/p', request, 5_000);
  await vi.waitUntil(() => running.status('b')?.state === 'complete');
  expect(running.status('b')).toMatchObject({ progress: 100, backupURL: 'nfs://h:/p?backup=b&volume=v', snapshotName: 's' });
});

test('it is run behind all else, and with a small heap', async () => {
  await expect(start('sleep 0.1; echo "nice $(nice) $NODE_OPTIONS"; exit 1')).rejects.toThrow(/^nice 5 .*--max-old-space-size=48/);
});

test.each([
  ['echo the last word; exit 1', 'the last word'],
  ['exit 2', 'backup create ended with exit status 2'],
  ['kill -KILL $$', 'backup create ended with SIGKILL'],
])('one that ends by %j before it is under way fails with %j', async (script, message) => {
  await expect(start(script)).rejects.toThrow(message);
});
