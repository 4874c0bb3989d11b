import { existsSync, readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { createUploads, type UploadRequest, type Uploads } from '../../../emulator/engine/upload.ts';
import { folderOfEachTest } from '../../support/temporary-folder.ts';

const folder = folderOfEachTest();

const request: UploadRequest = {
  ...{ volume: 'v', volumeSize: 1, backup: 'b', snapshot: 's', snapshotCreatedAt: '', directory: '' },
  ...{ compressionMethod: 'none', labels: {}, parameters: {} },
};
const upload = { url: 'nfs://h:/p', request, environment: {}, timeout: 60_000 };
const uploads = async (script: string) => {
  const binary = folder('longhorn');
  await writeFile(binary, `#!/bin/bash\n${script}\n`, { mode: 0o755 });
  return createUploads(binary);
};
const start = async (script: string) => {
  const running = await uploads(script);
  await running.prepare(upload);
  await running.start('b');
  return running;
};
// The process of the uploads, as far as it is spoken with: it is given an upload, and then whether that goes on.
const say = (id: number, news: object) => `echo '${JSON.stringify({ id, ...news })}'`;
const ready = `read order; ${say(1, { line: '{"ready":true}' })}; read line`;

test('it goes on only once it is prepared and told to, behind all else, and with a small heap', async () => {
  const running = await uploads(
    `${ready} && echo "$line" > ${folder()}/told; echo "{\\"id\\":1,\\"line\\":\\"nice $(nice) $NODE_OPTIONS\\"}"; ${say(1, { exitCode: 1 })}`,
  );
  await expect(running.start('b')).rejects.toThrow('the upload of b is not prepared');
  await running.prepare(upload);
  expect(existsSync(folder('told'))).toBe(false);
  await expect(running.start('b')).rejects.toThrow(/^nice 5 .*--max-old-space-size=48/);
  expect(await readFile(folder('told'), 'utf8')).toBe('{"id":1,"goOn":true}\n');
});

test.each<[string, number, (running: Uploads, prepared: Promise<void>) => Promise<void>]>([
  ['is given up', 60_000, async (running, prepared) => prepared.then(() => running.giveUp('b'))],
  // On a busy machine it may not even have been ready by then.
  ['is not told in time', 200, async (_, prepared) => prepared.catch(() => undefined)],
])('a prepared one that %s ends untold', async (_, timeout, act) => {
  const running = await uploads(`${ready}; echo "$line" > ${folder()}/told`);
  await act(running, running.prepare({ ...upload, timeout }));
  await expect
    .poll(() => existsSync(folder('told')) && readFileSync(folder('told'), 'utf8'))
    .toBe('{"id":1,"goOn":false}\n');
  expect(running.status('b')).toBeUndefined();
});

test.each([
  [`${say(1, { line: 'the last word' })}; ${say(1, { exitCode: 1 })}`, 'the last word'],
  ['kill -KILL $$', 'backup create ended with SIGKILL'],
  [say(1, { exitCode: 0 }), 'the upload of b was given up before it began'],
])('one that ends by %j before it is under way fails with %j', async (script, message) => {
  await expect(start(script)).rejects.toThrow(message);
  await expect(start(`${ready}; ${script}`)).rejects.toThrow(message);
});

test('one process runs all uploads; after its end another does', async () => {
  const running = await uploads(
    `echo >> ${folder()}/started; read order; ${say(1, { line: '{"ready":true}' })}; read order; ${say(2, { exitCode: 2 })}; read order; exit 3`,
  );
  await running.prepare(upload);
  await expect(running.prepare({ ...upload, request: { ...request, backup: 'c' } })).rejects.toThrow('EOF');
  await expect(running.start('b')).rejects.toThrow('backup create ended with exit status 3');
  expect(await readFile(folder('started'), 'utf8')).toBe('\n');
  await expect(running.prepare(upload)).rejects.toThrow();
  expect(await readFile(folder('started'), 'utf8')).toBe('\n\n');
});
