import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadKubeconfig } from '../../e2e/kube/kubeconfig.ts';
import { createForward } from '../../e2e/kube/port-forward.ts';
import { end, listen } from '../support/serving.ts';
import { type StubServer, startStubServer } from '../support/stub-api-server.ts';
import { acceptWebSocket } from '../support/web-socket.ts';

// The API server's side is imitated byte by byte: in each order in which a pod's end can come, it comes.

const protocol = 'v4.channel.k8s.io';

/** The answer to a request to upgrade that accepts it (RFC 6455). */
const upgradeAnswer = ({ headers }: IncomingMessage): Buffer => {
  const accept = `${headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
  const answer = [
    ...['HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade'],
    `Sec-WebSocket-Accept: ${createHash('sha1').update(accept).digest('base64')}`,
    `Sec-WebSocket-Protocol: ${protocol}`,
  ];
  return Buffer.from(`${answer.join('\r\n')}\r\n\r\n`);
};
/** The server's frame of a binary message of less than 64 KiB. */
const serverFrame = (message: Buffer): Buffer => {
  const { length } = message;
  const size = length < 126 ? [length] : [126, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.of(0x82, ...size), message]);
};
/** Its frame that says the end: normal closure. */
const closeFrame = Buffer.of(0x88, 2, 0x03, 0xe8);

/** How each channel begins: its number, and the port's. */
const greeting = Buffer.concat([0, 1].map((channel) => serverFrame(Buffer.from([channel, 0x40, 0x1f]))));
const data = (bytes: string | Buffer): Buffer =>
  serverFrame(Buffer.concat([Buffer.of(0), Buffer.from(bytes)]));
const failure = serverFrame(Buffer.from('\u0001error forwarding port 8000: connection reset by peer'));
const large = Buffer.alloc(50_000, 'x');
const many = 400;

let stub: StubServer;
let server: Server;
let port: number;
let opened: Socket[];
/** What came of each forward. */
let outcomes: Promise<void>[];
beforeEach(async () => {
  [stub, opened, outcomes] = [await startStubServer({ uid: 'u' }), [], []];
  const forward = createForward(loadKubeconfig({ kubeconfig: stub.kubeconfig, context: 'stub' }).config);
  server = createServer((socket) => {
    opened.push(socket.on('error', () => {}));
    const outcome = forward({ namespace: 'n', name: 'p', port: 8000 }, socket);
    outcome.catch(() => {});
    outcomes.push(outcome);
  });
  port = await listen(server);
});
afterEach(async () => {
  for (const socket of opened) socket.destroy();
  await end(server);
});

const client = (): Socket => {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true }).on('error', () => {});
  opened.push(socket);
  return socket;
};

/** The socket that the forward was given. */
const served = (): Socket => opened.find((each) => each.localPort === port) as Socket;

/** Resolves when more was said than the network itself takes in: nobody reads it at the other end. */
const untilStuck = async (): Promise<void> => {
  for (let turns = 0; turns < 50; turns = served().isPaused() ? turns + 1 : 0) await setImmediate();
};

/** The API server's end of the next forward. */
const nextRequest = (): Promise<{ request: IncomingMessage; carrier: Duplex }> =>
  new Promise((resolve) => {
    stub.onUpgrade((request, carrier) => {
      opened.push(carrier.on('error', () => {}) as Socket);
      resolve({ request, carrier });
    });
  });

describe('the end of a pod', () => {
  const all = (request: IncomingMessage, ...rest: Buffer[]): Buffer =>
    Buffer.concat([upgradeAnswer(request), greeting, ...rest]);

  test.for([
    ['with a Close frame and the end of TCP', [closeFrame], (carrier: Duplex) => carrier.end()],
    ['without a Close frame', [], (carrier: Duplex) => carrier.end()],
    ['as a Close frame alone, while TCP stays', [closeFrame], () => {}],
    ['as an error', [failure], () => {}],
  ] as const)(
    'that comes in one packet with the answer and all data reaches the client after them: %s',
    async ([, frames, end]) => {
      const upgrade = nextRequest();
      const heard = buffer(client());
      const { request, carrier } = await upgrade;
      carrier.write(all(request, data('first'), data(' last'), ...frames));
      end(carrier);
      expect(String(await heard)).toBe('first last');
    },
  );

  test.for([
    ['a Close frame', [closeFrame]],
    ['an error', [failure]],
    ['the end of TCP', []],
  ] as const)('reaches a client that reads slowly after all that was sent before: %s', async ([, frames]) => {
    const upgrade = nextRequest();
    const socket = client();
    const { request, carrier } = await upgrade;
    carrier.end(all(request, ...Array(many).fill(data(large)), ...frames));
    let bytes = 0;
    for await (const chunk of socket as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      for (let turn = 0; turn < 5; turn += 1) await setImmediate();
    }
    expect(bytes).toBe(many * large.length);
  });
});

describe('the end of a client', () => {
  test('reaches the pod after all that it had sent, though it came while the connection was being made', async () => {
    const upgrade = nextRequest();
    const sent = 30_000_000;
    client().end(Buffer.alloc(sent, 'y'));
    const { request, carrier } = await upgrade;
    const ended = once(carrier, 'end');
    let bytes = 0;
    acceptWebSocket(request, carrier, protocol).onMessage((message) => {
      bytes += message.length - 1;
    });
    carrier.pause();
    await untilStuck();
    carrier.resume();
    await ended;
    expect(bytes).toBe(sent);
  });

  test('by force ends a connection that is still being made, and is no failure of the pod', async () => {
    const upgrade = nextRequest();
    const socket = client();
    const { carrier } = await upgrade;
    const ended = once(carrier, 'end');
    carrier.resume();
    socket.resetAndDestroy();
    await Promise.all([ended, outcomes[0]]);
  });
});

test('where there is no connection, the client is left as it was: it can be given to another pod', async () => {
  const upgrade = nextRequest();
  const socket = client();
  socket.write('asked');
  const { carrier } = await upgrade;
  carrier.end('HTTP/1.1 500 No\r\nConnection: close\r\n\r\n');
  await expect(outcomes[0]).rejects.toThrow(
    'no forward to port 8000 of n/p: Unexpected server response: 500',
  );
  expect(served().listenerCount('data')).toBe(0);
  expect(String((await once(served(), 'data'))[0])).toBe('asked');
});
