import { once } from 'node:events';
import { connect as connectSocket, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { resources } from '../../../e2e/kube/cluster.ts';
import { forwardService } from '../../../e2e/suite/steps/service-forward.ts';
import { type StubServer, startStubServer } from '../../support/stub-api-server.ts';
import { acceptWebSocket, type WebSocketEnd } from '../../support/web-socket.ts';

const namespace = 'longhorn-system';
let stub: StubServer;
let controller: AbortController;
/** What was asked of pods, and the pods' ends of what was granted. */
let requests: string[];
let ends: { pod: string; end: WebSocketEnd }[];
/** Pods that nobody can be forwarded to, though they are said to be ready. */
let broken: Set<string>;

// A pod's end: each channel begins with the port's number, data are on the first. It answers in capitals.
const serve = (pod: string, port: number, end: WebSocketEnd): void => {
  for (const channel of [0, 1]) end.send(Buffer.from([channel, port & 0xff, port >> 8]));
  end.onMessage((message) => {
    if (message[0] === 0) end.send(Buffer.from(`\0${pod}: ${message.subarray(1).toString().toUpperCase()}`));
  });
};

beforeEach(async () => {
  [stub, controller] = [await startStubServer({ uid: 'u' }), new AbortController()];
  [requests, ends, broken] = [[], [], new Set()];
  const spec = { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 'http' }] };
  stub.put(resources.services, { metadata: { name: 'web', namespace }, spec });
  stub.onUpgrade((request, socket) => {
    const { pathname, search } = new URL(request.url ?? '', stub.url);
    const pod = pathname.split('/').at(-2) ?? '';
    requests.push(`${pod}${search}`);
    if (broken.has(pod)) return void socket.end('HTTP/1.1 500 No\r\nConnection: close\r\n\r\n');
    const end = acceptWebSocket(request, socket, 'v4.channel.k8s.io');
    ends.push({ pod, end });
    serve(pod, 8000, end);
  });
});
afterEach(() => {
  controller.abort();
  for (const { end } of ends) end.destroy();
});

const serving = (name: string, containerPort: number) => ({ ports: [{ name, containerPort }] });
const putPod = (name: string, { ready = true } = {}): void =>
  stub.put(resources.pods, {
    metadata: { name, namespace, uid: `uid-of-${name}`, labels: { app: 'web' } },
    spec: { containers: [serving('other', 1), serving('http', 8000)] },
    status: { conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
  });

const forward = (cluster = stub.connect()) =>
  forwardService(cluster, { namespace, name: 'web', signal: controller.signal });

const open = (url: string): Socket =>
  connectSocket(Number(new URL(url).port), '127.0.0.1').on('error', () => {});

const ask = async (socket: Socket, text: string): Promise<string> => {
  socket.write(text);
  const [answer] = await once(socket, 'data');
  return String(answer);
};

test('a connection waits for a pod that is ready, and goes to the port of that name in it, with its bytes both ways', async () => {
  for (const name of ['starting', 'one']) putPod(name, { ready: false });
  const { url, pod } = await forward();
  expect(new URL(url).hostname).toBe('127.0.0.1');
  const socket = open(url);
  const answer = ask(socket, 'hello');
  // A round trip later the connection has long been taken.
  await stub.connect().get(resources.services, { namespace, name: 'web' });
  expect([requests, pod()]).toEqual([[], undefined]);
  putPod('one');
  expect(await answer).toBe('one: HELLO');
  expect(await ask(socket, 'again')).toBe('one: AGAIN');
  expect([requests, pod()]).toEqual([['one?ports=8000'], 'one']);
});

test('later ones go to the same pod for as long as it is ready, then to another; one that is open ends with its pod', async () => {
  putPod('one');
  const { url, pod } = await forward();
  const first = open(url);
  await ask(first, 'a');
  putPod('another');
  expect(await ask(open(url), 'b')).toBe('one: B');
  const ended = once(first, 'close');
  stub.remove(resources.pods, 'one');
  for (const { end } of ends) end.destroy();
  await ended;
  expect(await ask(open(url), 'c')).toBe('another: C');
  expect(pod()).toBe('another');
});

test('a pod that cannot be reached is left for another, and reported', async () => {
  putPod('one');
  putPod('two');
  broken.add('one');
  const { url, error } = await forward();
  expect(await ask(open(url), 'a')).toBe('two: A');
  expect(requests).toEqual(['one?ports=8000', 'two?ports=8000']);
  expect(error()?.message).toBe(
    'no forward to port 8000 of longhorn-system/one: Unexpected server response: 500',
  );
});

test('all ends with the signal: the connections and the port', async () => {
  putPod('one');
  const { url } = await forward();
  const socket = open(url);
  await ask(socket, 'a');
  const closed = once(socket, 'close');
  controller.abort();
  await closed;
  const [error] = await once(connectSocket(Number(new URL(url).port), '127.0.0.1'), 'error');
  expect((error as NodeJS.ErrnoException).code).toBe('ECONNREFUSED');
});

test('a service that leads nowhere is an error at once', async () => {
  stub.put(resources.services, { metadata: { name: 'web', namespace }, spec: {} });
  await expect(forward()).rejects.toThrow(
    '/api/v1/namespaces/longhorn-system/services/web leads nowhere: it has no port, or no selector',
  );
});

test('what the scenario may not do is not sent', async () => {
  putPod('one');
  const cluster = stub.connect({
    permit: ({ subresource, verb }) => {
      if (subresource === 'portforward') throw new Error(`not ${verb}`);
    },
  });
  const { url, error } = await forward(cluster);
  await once(open(url), 'close');
  expect([requests, error()?.message]).toEqual([[], 'not get']);
});
