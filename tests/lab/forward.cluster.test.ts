import { once as onceHappened } from 'node:events';
import type * as net from 'node:net';
import { type AddressInfo, connect as connectSocket, createServer } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { once } from '../../e2e/history/expectation.ts';
import { follow } from '../../e2e/history/watch.ts';
import { type Cluster, connect, resources } from '../../e2e/kube/cluster.ts';
import type { Pod } from '../support/lab-pods.ts';
import { share } from '../support/share.ts';

// The whole chain: a server in a pod, containerd, kubelet, API server, our forward, a client.

const namespace = 'default';
const rounds = 150;
const atOnce = 25;
/**
 * How long an end may take, in ms: containerd itself waits a second for the other half. The rest is this
 * machine's.
 */
const late = 60_000;
const port = 8000;

let cluster: Cluster;
const stop = new AbortController();
/** The port of this machine that leads to it. */
let local: number;

/**
 * The program of the pod, for `node -e`: nothing but its arguments may be used in it. A client asks in one
 * line, `WAY MS`: it is told `first`, and so many ms later the connection ends in that way.
 */
const endingServer = ({ createServer }: typeof net, port: number): void => {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', (asked) => {
      const [way, time] = String(asked).split(' ');
      socket.write('first');
      if (way === 'stay') return;
      setTimeout(() => {
        if (way === 'reset') return void socket.resetAndDestroy();
        socket.end(way === 'last' ? 'last' : '');
      }, Number(time));
    });
  });
  server.listen(port, '0.0.0.0');
};

beforeAll(async () => {
  cluster = connect(await share('lab'));
  const pods = await follow<Pod>(cluster, resources.pods, { namespace, signal: stop.signal });
  const container = {
    ...{ name: 'main', image: 'docker.io/corral/node:lab', imagePullPolicy: 'Never' },
    command: ['node', '-e', `(${endingServer.toString()})(require('node:net'),${port})`],
    readinessProbe: { tcpSocket: { port }, periodSeconds: 1 },
  };
  await cluster.create(resources.pods, {
    metadata: { name: 'ending', namespace },
    spec: { terminationGracePeriodSeconds: 0, containers: [container] },
  });
  const isReady = ({ status }: Pod) => status.containerStatuses?.every(({ ready }) => ready) === true;
  const limit = { within: '5m', owner: 'this test' } as const;
  await once(pods, isReady, { name: 'ending', label: 'the server is ready', ...limit });
  const server = createServer((socket) => {
    socket.on('error', () => {});
    cluster.forward({ namespace, name: 'ending', port }, socket).catch(() => socket.destroy());
  });
  await onceHappened(server.listen(0, '127.0.0.1'), 'listening');
  stop.signal.addEventListener('abort', () => void server.close());
  local = (server.address() as AddressInfo).port;
});

afterAll(() => stop.abort());

/** What a client hears of a server that ends in a way so many ms after its first byte. */
const hear = (way: string, after: number): Promise<string> =>
  new Promise((resolve) => {
    const socket = connectSocket(local, '127.0.0.1');
    let text = '';
    const timer = setTimeout(() => {
      text += ' and never an end';
      socket.destroy();
    }, after + late);
    socket.on('error', () => {});
    socket.on('data', (bytes) => {
      text += bytes;
    });
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(`${way}: ${text}`);
    });
    socket.write(`${way} ${after}\n`);
  });

const told = (results: string[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const result of results) counts[result] = (counts[result] ?? 0) + 1;
  return counts;
};

test(`a server that ends 0 to 500 ms after its first byte: its end, and all before it, reaches a client in ${rounds} of ${rounds} rounds`, async () => {
  const ways = ['last', 'end', 'reset'];
  const results: string[] = [];
  for (let from = 0; from < rounds; from += atOnce) {
    const turns = Array.from({ length: atOnce }, (_, each) => from + each);
    const heard = turns.map((round) => hear(ways[round % ways.length] ?? '', (round * 500) / rounds));
    results.push(...(await Promise.all(heard)));
  }
  expect(told(results)).toEqual({ 'last: firstlast': 50, 'end: first': 50, 'reset: first': 50 });
});

test('a pod that is deleted without grace ends what was connected to it', async () => {
  const heard = Promise.all(Array.from({ length: 6 }, () => hear('stay', 60_000)));
  const pods = connectSocket(local, '127.0.0.1');
  pods.write('stay 0\n');
  await onceHappened(pods, 'data');
  await cluster.delete(resources.pods, { namespace, name: 'ending' }, { gracePeriodSeconds: 0 });
  expect(told(await heard)).toEqual({ 'stay: first': 6 });
});
