import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { apiPort } from '../../../emulator/api/handler.ts';
import { serveApi } from '../../../emulator/api/server.ts';
import { createLog } from '../../../emulator/log.ts';
import { serveFrontend, uiPort } from '../../../emulator/ui/frontend.ts';
import { createStandInDatastore } from '../api/support/datastore.ts';
import { volume } from '../api/support/objects.ts';

// An address of this test's own, for the port is always the same.
const uiHost = '127.77.0.1';
const origin = `http://${uiHost}:${uiPort}`;
const controller = new AbortController();
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'corral-ui-'));
  await writeFile(join(folder, 'page.js'), 'the script');
  const { datastore, put } = createStandInDatastore();
  put('volumes', volume('v'));
  const log = createLog(() => undefined);
  await serveApi({ datastore, ip: uiHost, log, signal: controller.signal });
  await serveFrontend({
    backend: { host: uiHost, port: apiPort },
    readTimeout: 90_000,
    log,
    signal: controller.signal,
    uiHost,
    page: join(folder, 'page.js'),
    mutant: 'page-hides-error',
  });
});
afterAll(async () => {
  controller.abort();
  await rm(folder, { recursive: true });
});

const get = async (path: string) => {
  const response = await fetch(origin + path);
  return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
};

test('the page and its script are served, and nothing else of its own', async () => {
  expect(await get('/')).toMatchObject({
    status: 200,
    type: 'text/html; charset=utf-8',
    text: expect.stringMatching(
      /<body data-mutant="page-hides-error">\s+<script type="module" src="page.js">/,
    ),
  });
  expect(await get('/page.js')).toEqual({
    status: 200,
    type: 'text/javascript; charset=utf-8',
    text: 'the script',
  });
  expect(await get('/v1x')).toMatchObject({ status: 404, text: 'not emulated: /v1x\n' });
});

test('so is the API, which then gives links by the name that nginx has for it', async () => {
  const { status, text } = await get('/v1/volumes/v');
  expect([status, JSON.parse(text).links.self]).toEqual([200, 'http://longhorn-backend:9500/v1/volumes/v']);
});

test('and so are its WebSockets', async () => {
  const socket = new WebSocket(`ws://${uiHost}:${uiPort}/v1/ws/1s/volumes`);
  const message = await new Promise<MessageEvent>((resolve) => socket.addEventListener('message', resolve));
  expect(JSON.parse(message.data).data).toMatchObject([{ id: 'v' }]);
  socket.close();
});
