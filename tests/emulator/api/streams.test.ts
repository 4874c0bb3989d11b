import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createStreams, readStreamPath } from '../../../emulator/api/streams.ts';
import { createLog } from '../../../emulator/log.ts';
import { listen } from '../../support/serving.ts';
import { createStandInDatastore, type StandInDatastore } from './support/datastore.ts';
import { backup, volume } from './support/objects.ts';

let standIn: StandInDatastore;
let controller: AbortController;
let host: string;
let stop: () => void;
beforeEach(async () => {
  standIn = createStandInDatastore();
  controller = new AbortController();
  const options = {
    datastore: standIn.datastore,
    ip: '10.0.0.1',
    log: createLog(() => undefined),
    signal: controller.signal,
  };
  const server = createServer();
  const stream = createStreams(options);
  server.on('upgrade', (request, socket, head) => stream(request, socket, head));
  host = `127.0.0.1:${await listen(server)}`;
  stop = () => server.close();
});
afterEach(() => {
  controller.abort();
  stop();
});

type Message = { type: string; links: { self: string }; data: { id: string; state: string }[] };

/** Counts how often a kind of object is listed from now on. */
const countLists = (kind: 'backups' | 'settings') => {
  const collection = standIn.datastore[kind];
  const { list } = collection;
  const count = { lists: 0 };
  Object.assign(collection, {
    list: () => {
      count.lists += 1;
      return list();
    },
  });
  return count;
};

/** A browser's WebSocket with its messages as they come. */
const open = async (path: string) => {
  const socket = new WebSocket(`ws://${host}${path}`);
  const messages: Message[] = [];
  const waiting: (() => void)[] = [];
  socket.addEventListener('message', ({ data }) => {
    messages.push(JSON.parse(data));
    waiting.shift()?.();
  });
  const next = () => new Promise<void>((resolve) => waiting.push(resolve));
  return { socket, messages, next };
};

describe('a WebSocket', () => {
  test('is sent the collection at once and on each change, with nothing twice', async () => {
    standIn.put('backups', backup('b1', { of: 'v', state: 'InProgress' }));
    const { socket, messages, next } = await open('/v1/ws/5ms/backups');
    await next();
    expect(messages[0]).toMatchObject({
      type: 'collection',
      resourceType: 'backup',
      links: { self: `http://${host}/v1/ws/5ms/backups` },
    });
    const count = countLists('backups');
    standIn.put('backups', backup('b1', { of: 'v', state: 'InProgress' }));
    await vi.waitFor(() => expect(count.lists).toBe(1));
    const second = next();
    standIn.put('backups', backup('b1', { of: 'v', state: 'Completed' }));
    await second;
    const third = next();
    await standIn.datastore.backups.delete('b1');
    await third;
    expect(messages.map(({ data }) => data.map(({ state }) => state).join())).toEqual([
      'InProgress',
      'Completed',
      '',
    ]);
    socket.close();
    await once(socket, 'close');
  });

  test('of volumes is sent what changes with their backups', async () => {
    standIn.put('volumes', volume('v'));
    const { messages, next } = await open('/v1/ws/volumes');
    await next();
    const second = next();
    standIn.put('backups', backup('b1', { of: 'v', state: 'Pending' }));
    await second;
    expect(messages[1]?.data).toMatchObject([{ id: 'v', backupStatus: [{ id: 'b1', state: 'Pending' }] }]);
  });

  test('that has ended is followed no more', async () => {
    const count = countLists('settings');
    const { socket, next } = await open('/v1/ws/settings');
    await next();
    expect(count.lists).toBe(1);
    socket.close();
    const [{ wasClean }] = await once(socket, 'close');
    expect(wasClean).toBe(true);
    // The server may hear of the end a moment later.
    await vi.waitFor(() => {
      const before = count.lists;
      standIn.put('settings', { metadata: { name: 's' }, value: String(before) });
      expect(count.lists).toBe(before);
    });
  });

  test('ends with the manager', async () => {
    const { socket, next } = await open('/v1/ws/1s/nodes');
    await next();
    controller.abort();
    await once(socket, 'close');
  });

  test('of a client that breaks the protocol is ended, and only that', async () => {
    const [name = '', port = ''] = host.split(':');
    const raw = connect(Number(port), name);
    const head = [
      'GET /v1/ws/backups HTTP/1.1',
      `Host: ${host}`,
      'Upgrade: websocket',
      'Connection: Upgrade',
    ];
    raw.write(
      [...head, 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', '', ''].join(
        '\r\n',
      ),
    );
    const [answer] = await once(raw, 'data');
    // The example of RFC 6455, 1.3.
    expect(String(answer)).toContain('Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n');
    raw.write(Buffer.from([0x89, 0x01, 0x61]));
    await once(raw, 'close');
    const { next } = await open('/v1/ws/backups');
    await next();
  });

  test('takes no more than 64 KiB at once from a client', async () => {
    const { socket, next } = await open('/v1/ws/settings');
    await next();
    socket.send('a'.repeat(65_537));
    const [{ code }] = await once(socket, 'close');
    expect(code).toBe(1009);
  });

  test('takes what came together with the request', async () => {
    const [name = '', port = ''] = host.split(':');
    const raw = connect(Number(port), name);
    const head = [
      'GET /v1/ws/backups HTTP/1.1',
      `Host: ${host}`,
      'Upgrade: websocket',
      'Connection: Upgrade',
    ];
    const request = [
      ...head,
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      '',
      '',
    ].join('\r\n');
    // A ping without a payload, masked with zeros.
    raw.write(Buffer.concat([Buffer.from(request), Buffer.from([0x89, 0x80, 0, 0, 0, 0])]));
    let answer = Buffer.alloc(0);
    raw.on('data', (chunk) => {
      answer = Buffer.concat([answer, chunk]);
    });
    await vi.waitFor(() => expect(answer.includes(Buffer.from([0x8a, 0x00]))).toBe(true));
  });

  test.each([
    ['/v1/ws/orphans', 'HTTP/1.1 501 Not Implemented', true],
    ['/v1/ws/%', 'HTTP/1.1 501 Not Implemented', true],
    ['/v1/ws/backups', 'HTTP/1.1 400 Bad Request', false],
  ])('of %s is refused with %s', async (path, status, hasKey) => {
    const [name = '', port = ''] = host.split(':');
    const raw = connect(Number(port), name);
    const head = [
      `GET ${path} HTTP/1.1`,
      `Host: ${host}`,
      'Upgrade: websocket',
      'Connection: Upgrade',
      'Sec-WebSocket-Version: 13',
    ];
    raw.write(
      [...head, ...(hasKey ? ['Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='] : []), '', ''].join('\r\n'),
    );
    const [answer] = await once(raw, 'data');
    expect(String(answer).split('\r\n')[0]).toBe(status);
  });
});

test.each([
  ['/v1/ws/1s/backups', { name: 'backups', period: 1_000 }],
  ['/v1/ws/backups', { name: 'backups', period: 0 }],
  ['/v1/ws/1h/volumes', { name: 'volumes', period: 15_000 }],
  ['/v1/ws/nonsense/settings', { name: 'settings', period: 0 }],
  ['/v1/ws/1s/backingimages', { name: 'backingimages', period: 1_000 }],
  ['/v1/ws/1s/orphans', undefined],
  ['/v1/ws/1s/constructor', undefined],
  ['/v1/backups', undefined],
])('the path %s names %j', (path, expected) => {
  expect(readStreamPath(path)).toEqual(expected);
});
