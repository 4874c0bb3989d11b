import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { apiPort } from '../../../emulator/api/handler.ts';
import { createLog } from '../../../emulator/log.ts';
import { serveFrontend, uiPort } from '../../../emulator/ui/frontend.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { backupVolume, ownAddress, startTestApi, volume } from '../support/test-api.ts';

const uiHost = ownAddress();

test('the page, its script and the API with its WebSockets are served, and nothing else', async () => {
  const page = join(await temporaryFolder(), 'page.js');
  await writeFile(page, 'the script');
  const { put, signal, stop } = await startTestApi(uiHost);
  onTestFinished(stop);
  put('volumes', volume('v'));
  put('backupVolumes', backupVolume('bv', { of: 'v' }));
  await serveFrontend({
    backend: { host: uiHost, port: apiPort },
    readTimeout: 90_000,
    log: createLog(() => undefined),
    signal,
    uiHost,
    page,
    mutant: 'page-hides-error',
  });
  const get = async (path: string) => {
    const response = await fetch(`http://${uiHost}:${uiPort}${path}`);
    return [response.status, response.headers.get('content-type'), await response.text()];
  };
  const body = /<body data-mutant="page-hides-error">\s+<script type="module" src="page.js">/;
  expect(await get('/')).toEqual([200, 'text/html; charset=utf-8', expect.stringMatching(body)]);
  expect(await get('/page.js')).toEqual([200, 'text/javascript; charset=utf-8', 'the script']);
  expect(await get('/v1x')).toMatchObject([404, expect.anything(), 'not emulated: /v1x\n']);
  // Links are by the name that nginx has for the API, but for those of whom Longhorn hands the request on.
  const [, , ofVolume] = await get('/v1/volumes/v');
  expect(ofVolume).toContain('"self":"http://longhorn-backend:9500/v1/volumes/v"');
  const [, , ofBackupVolume] = await get('/v1/backupvolumes/bv');
  expect(ofBackupVolume).toContain(`"http://${uiHost}:9500/v1/backupvolumes/bv?action=backupDelete"`);

  const socket = new WebSocket(`ws://${uiHost}:${uiPort}/v1/ws/1s/volumes`);
  const message = await new Promise<MessageEvent>((resolve) => socket.addEventListener('message', resolve));
  expect(JSON.parse(message.data).data).toMatchObject([{ id: 'v' }]);
  socket.close();
});
