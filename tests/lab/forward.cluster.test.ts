import { once as onceHappened } from 'node:events';
import { type AddressInfo, connect as connectSocket, createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { once } from '../../e2e/history/expectation.ts';
import { follow } from '../../e2e/history/watch.ts';
import { type Cluster, connect, resources } from '../../e2e/kube/cluster.ts';
import { openContext } from '../../e2e/ui/browser.ts';
import { findChromium } from '../../e2e/ui/chromium.ts';
import { endingServer } from '../support/ending-server.ts';
import type { Pod } from '../support/lab-pods.ts';
import { share } from '../support/share.ts';

// The whole chain: a server in a pod, containerd, kubelet, API server, our forward, a client; a page in
// Chromium among them.

const namespace = 'default';
const chromium = findChromium(process.env);
const rounds = 200;
const atOnce = 25;
/**
 * How long an end may take, in ms: containerd itself waits a second for the other half. The rest is this
 * machine's.
 */
const late = 60_000;

let cluster: Cluster;
const stop = new AbortController();
const port = 8000;
/** The port of this machine that leads to it. */
let local: number;

beforeAll(async () => {
  cluster = connect(await share('lab'));
  const pods = await follow<Pod>(cluster, resources.pods, { namespace, signal: stop.signal });
  await cluster.create(resources.pods, {
    metadata: { name: 'ending', namespace },
    spec: {
      terminationGracePeriodSeconds: 0,
      containers: [
        {
          name: 'main',
          image: 'docker.io/corral/node:lab',
          imagePullPolicy: 'Never',
          command: [
            'node',
            '-e',
            `(${endingServer.toString()})(require('node:net'),require('node:crypto'),${port})`,
          ],
          readinessProbe: { tcpSocket: { port }, periodSeconds: 1 },
        },
      ],
    },
  });
  const isReady = ({ status }: Pod): boolean =>
    status.containerStatuses?.every(({ ready }) => ready) ?? false;
  await once(pods, isReady, {
    name: 'ending',
    label: 'the server is ready',
    within: '5m',
    owner: 'this test',
  });
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
    socket
      .on('error', () => {})
      .on('data', (bytes: Buffer) => {
        text += bytes;
      });
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(text);
    });
    socket.write(`${way} ${after}\n`);
  });

const inTurns = async <T>(count: number, work: (round: number) => Promise<T>): Promise<T[]> => {
  const results: T[] = [];
  for (let from = 0; from < count; from += atOnce)
    results.push(
      ...(await Promise.all(
        Array.from({ length: Math.min(atOnce, count - from) }, (_, each) => work(from + each)),
      )),
    );
  return results;
};

const told = (results: string[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const result of results) counts[result] = (counts[result] ?? 0) + 1;
  return counts;
};

test(`a server that ends 0 to 500 ms after its first byte: its end, and all before it, reaches a client in ${rounds} of ${rounds} rounds`, async () => {
  const ways = ['last', 'end', 'reset'];
  const results = await inTurns(rounds, (round) =>
    hear(ways[round % ways.length] ?? '', (round * 500) / rounds),
  );
  expect(told(results.filter((_, round) => round % ways.length === 0))).toEqual({ firstlast: 67 });
  expect(told(results.filter((_, round) => round % ways.length !== 0))).toEqual({ first: 133 });
});

describe.skipIf(chromium === undefined)('a page', () => {
  test('hears the end of each of its six streams, in whichever way it comes', async () => {
    const { context, close } = await openContext(chromium ?? '');
    try {
      const page = await context.newPage();
      await page.goto(`http://127.0.0.1:${local}/`);
      const results: string[] = [];
      for (const way of ['last', 'end', 'reset', 'close'])
        results.push(
          ...(await page.evaluate(
            ({ way, late }) =>
              Promise.all(
                [0, 60, 120, 240, 360, 480].map(
                  (after) =>
                    new Promise<string>((resolve) => {
                      const socket = new WebSocket(`ws://${location.host}/stream?${way}+${after}`);
                      let text = `${way}:`;
                      setTimeout(() => resolve(`${text} and never an end`), after + late);
                      socket.onmessage = ({ data }) => {
                        text += ` ${data}`;
                      };
                      socket.onclose = ({ code }) => resolve(`${text} ${code}`);
                    }),
                ),
              ),
            { way, late },
          )),
        );
      expect(told(results)).toEqual({
        'last: first last 1006': 6,
        'end: first 1006': 6,
        'reset: first 1006': 6,
        'close: first last 1000': 6,
      });
    } finally {
      await close();
    }
  });
});

test('a pod that is deleted without grace ends what was connected to it', async () => {
  const heard = Promise.all(Array.from({ length: 6 }, () => hear('stay', 60_000)));
  const pods = connectSocket(local, '127.0.0.1');
  pods.write('stay 0\n');
  await onceHappened(pods, 'data');
  await cluster.delete(resources.pods, { namespace, name: 'ending' }, { gracePeriodSeconds: 0 });
  expect(told(await heard)).toEqual({ first: 6 });
});
