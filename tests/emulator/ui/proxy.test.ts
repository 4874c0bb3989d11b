import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLog } from '../../../emulator/log.ts';
import { serveFrontend, uiPort } from '../../../emulator/ui/frontend.ts';
import { end, listen } from '../../support/serving.ts';
import { ownAddress } from '../support/test-api.ts';

// A manager is imitated byte by byte: what becomes of a page's connection when it goes, in each way in which it
// can go.

const uiHost = ownAddress();
let controller: AbortController;
let manager: Server;
let port: number;
let managers: Socket[];
let connection: Promise<Socket>;
beforeEach(async () => {
  [controller, managers] = [new AbortController(), []];
  manager = createServer((socket) => managers.push(socket.on('error', () => {})));
  port = await listen(manager);
  connection = once(manager, 'connection').then(async ([socket]) => {
    await once(socket, 'data');
    return socket;
  });
});
afterEach(async () => {
  controller.abort();
  for (const socket of managers) socket.destroy();
  await end(manager);
});

const serve = ({ readTimeout = 60_000 } = {}): Promise<void> =>
  serveFrontend({
    backend: { host: '127.0.0.1', port },
    readTimeout,
    page: 'none',
    mutant: undefined,
    log: createLog(() => undefined),
    signal: controller.signal,
    uiHost,
  });

const switched = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n';

const askForList = 'GET /v1/volumes HTTP/1.1\r\nHost: ui\r\nConnection: close\r\n\r\n';
const askForStream =
  'GET /v1/ws/1s/backups HTTP/1.1\r\nHost: ui\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n';

/** A page's stream, or a request of its; what it hears until its end. */
const openStream = (text = askForStream): Promise<string> => {
  const socket = connect({ port: uiPort, host: uiHost, allowHalfOpen: true });
  socket.write(text);
  return buffer(socket).then((bytes) => {
    socket.end();
    return String(bytes);
  });
};

test.for([
  ['ends its connection', (socket: Socket) => socket.end('last')],
  [
    'is killed with something unread',
    (socket: Socket) => socket.write('last', () => socket.resetAndDestroy()),
  ],
] as const)('a manager that %s ends the stream of the page, after all that it had said', async ([, end]) => {
  await serve();
  const heard = openStream();
  const socket = await connection;
  socket.write(`${switched}first `);
  end(socket);
  expect(await heard).toMatch(/^HTTP\/1\.1 101 .*\r\n\r\nfirst last$/s);
});

test('a manager whose last packet is lost ends nothing: the stream ends when nothing was read for the read time-out', async () => {
  await serve({ readTimeout: 1_000 });
  const heard = openStream();
  const from = Date.now();
  (await connection).write(`${switched}all`);
  expect(await heard).toMatch(/\r\n\r\nall$/);
  expect(Date.now() - from).toBeGreaterThanOrEqual(1_000);
});

test('where one does not answer, it is 504 after the read time-out', async () => {
  await serve({ readTimeout: 500 });
  expect(await openStream(askForList)).toMatch(/^HTTP\/1\.1 504 Gateway Time-?out\r\n/i);
  expect(await openStream()).toMatch(/^HTTP\/1\.1 504 Gateway Time-out\r\n/);
});
