import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { createUploads, type UploadRequest, type Uploads } from '../../../emulator/engine/upload.ts';
import { folderOfEachTest } from '../../support/temporary-folder.ts';

const folder = folderOfEachTest();

const request: UploadRequest = {
  ...{ volume: 'v', volumeSize: 1, backup: 'b', snapshot: 's', snapshotCreatedAt: '', directory: '/replica' },
  ...{ compressionMethod: 'none', labels: {}, atOnce: 1, parameters: {} },
};
const upload = { url: 'nfs://h:/p', request, environment: {}, timeout: 60_000 };
const uploads = async (script: string, options?: Parameters<typeof createUploads>[1]) => {
  const binary = folder('longhorn');
  await writeFile(binary, `#!/bin/bash\n${script}\n`, { mode: 0o755 });
  return createUploads(binary, options);
};
const start = async (script: string) => {
  const running = await uploads(script);
  await running.prepare(upload);
  await running.start('b');
  return running;
};
const ready = `echo '{"ready":true}'; read line`;

test('it goes on only once it is prepared and released, behind all else, and with a small heap', async () => {
  const running = await uploads(
    `${ready} && echo "$line" > ${folder()}/released; echo "nice $(nice) $NODE_OPTIONS"; exit 1`,
  );
  await expect(running.start('b')).rejects.toThrow('the upload of b is not prepared');
  await running.prepare(upload);
  expect(existsSync(folder('released'))).toBe(false);
  await expect(running.start('b')).rejects.toThrow(/^nice 5 .*--max-old-space-size=48/);
  expect(await readFile(folder('released'), 'utf8')).toBe('go\n');
});

test.each<[string, number, (running: Uploads, prepared: Promise<void>) => Promise<void>]>([
  ['is given up', 60_000, async (running, prepared) => prepared.then(() => running.giveUp('b'))],
  // On a busy machine it may not even have been ready by then.
  ['is not released in time', 200, async (_, prepared) => prepared.catch(() => undefined)],
])('a prepared one that %s ends untold', async (_, timeout, act) => {
  const running = await uploads(`${ready} || touch ${folder()}/untold; exit 0`);
  await act(running, running.prepare({ ...upload, timeout }));
  await expect.poll(() => existsSync(folder('untold'))).toBe(true);
  expect(running.status('b')).toBeUndefined();
});

test.each([
  ['echo the last word; exit 1', 'the last word'],
  ['kill -KILL $$', 'backup create ended with SIGKILL'],
  ['exit 0', 'the upload of b was given up before it began'],
])('one that ends by %j before it is under way fails with %j', async (script, message) => {
  await expect(start(script)).rejects.toThrow(message);
  await expect(start(`${ready}; ${script}`)).rejects.toThrow(message);
});

test('the credentials of the next upload of a replica reach one that runs, and none that is only prepared', async () => {
  const running = await uploads(
    `echo '{"ready":true}'; while read line; do echo "$line" >> "${folder()}/$KEY"; echo '{"started":true}'; done`,
  );
  for (const KEY of ['first', 'second'])
    await running.prepare({ ...upload, request: { ...request, backup: KEY }, environment: { KEY } });
  await running.start('first');
  await running.start('second');
  await expect.poll(() => readFile(folder('first'), 'utf8')).toBe('go\n{"KEY":"second"}\n');
  expect(await readFile(folder('second'), 'utf8')).toBe('go\n');
  running.endWithReplica('/replica');
});

test('one whose replica ends before it has begun fails as the call to that replica', async () => {
  const running = await uploads(`${ready}; exec sleep 30`);
  await running.prepare(upload);
  const starting = running.start('b');
  running.endWithReplica('/replica');
  await expect(starting).rejects.toThrow(
    /: rpc error: code = Unavailable desc = error reading from server: EOF$/,
  );
});
