import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import { generate } from 'selfsigned';
import { expect, onTestFinished, test } from 'vitest';
import { type Client, createClient } from '../../../emulator/kubernetes/client.ts';
import { createQueue, retryDelay } from '../../../emulator/kubernetes/controller.ts';
import { startInformer } from '../../../emulator/kubernetes/informer.ts';
import { type ApiObject, withCondition } from '../../../emulator/kubernetes/objects.ts';
import { createLog } from '../../../emulator/log.ts';

const object = (name: string, version: number, uid = `uid-of-${name}`): ApiObject => ({
  ...{ apiVersion: 'v1', kind: 'Thing', metadata: { name, uid, resourceVersion: String(version) } },
});

/** An informer of a collection whose lists and events the test writes. */
const start = async (lists: ApiObject[][]) => {
  const abort = new AbortController();
  onTestFinished(() => abort.abort());
  let push: (line: string | undefined) => void = () => undefined;
  const paths: string[] = [];
  const client: Client = {
    request: async <T>(_: string, path: string) => {
      paths.push(path);
      const list = { kind: 'ThingList', apiVersion: 'v1', metadata: { resourceVersion: '1' } };
      return { ...list, items: lists.shift() ?? [] } as T;
    },
    lines: async function* () {
      for (;;) {
        const { promise, resolve } = Promise.withResolvers<string | undefined>();
        push = resolve;
        const line = await promise;
        if (line === undefined) throw new Error('the watch broke');
        yield line;
      }
    },
  };
  const resource = { group: '', version: 'v1', plural: 'things' };
  const run = { log: createLog(() => undefined), signal: abort.signal };
  const informer = startInformer({ client, resource }, run);
  const notified: string[] = [];
  informer.onEvent((name) => notified.push(name));
  await informer.synced;
  await sleep(0);
  const event = async (type: string, of: ApiObject): Promise<void> => {
    push(JSON.stringify({ type, object: of }));
    await sleep(0);
  };
  const versions = () =>
    informer.list().map(({ metadata }) => `${metadata.name}@${metadata.resourceVersion}`);
  return { informer, paths, notified, event, versions, breakWatch: () => push(undefined) };
};

test('an answer to a write counts at once, and an older event does not undo it', async () => {
  const { informer, event, versions } = await start([[object('a', 1)]]);
  informer.putInCache(object('a', 9));
  await event('MODIFIED', object('a', 8));
  expect(versions()).toEqual(['a@9']);
});

test('an answer that comes after the end of its object does not bring it back; one of the same name may come', async () => {
  const { informer, event, versions } = await start([[object('a', 1)]]);
  await event('DELETED', object('a', 3));
  informer.putInCache(object('a', 2));
  expect(versions()).toEqual([]);
  await event('ADDED', object('a', 4, 'another uid'));
  expect(versions()).toEqual(['a@4']);
});

test('what a new list lacks is gone, and its listeners called', async () => {
  const lists = [[object('a', 1), object('b', 1)], [object('b', 1)]];
  const { informer, notified, breakWatch, versions } = await start(lists);
  breakWatch();
  await expect.poll(versions).toEqual(['b@1']);
  informer.putInCache(object('a', 5));
  expect(versions()).toEqual(['b@1']);
  expect(notified).toEqual(['a', 'b', 'b', 'a']);
});

test('an object whose answer came before an older list is not gone', async () => {
  const { informer, paths, breakWatch, event, versions } = await start([[], []]);
  informer.putInCache(object('a', 5));
  breakWatch();
  await expect.poll(() => paths.length).toBe(2);
  await event('ADDED', object('a', 5));
  expect(versions()).toEqual(['a@5']);
});

test('the first list may come from the cache of the API server, and no later one', async () => {
  const { paths, breakWatch } = await start([[], [object('a', 1)]]);
  breakWatch();
  await expect.poll(() => paths.length).toBe(2);
  expect(paths.map((path) => path.includes('resourceVersion=0'))).toEqual([true, false]);
});

test('who begins to listen after the first list is told of what is in it', async () => {
  const { informer } = await start([[object('a', 1), object('b', 1)]]);
  const notified: string[] = [];
  informer.onEvent((name) => notified.push(name));
  expect(notified).toEqual(['a', 'b']);
});

test('what is kept can be changed by nobody who reads it', async () => {
  const { informer } = await start([[object('a', 1)]]);
  for (const read of [informer.get('a'), ...informer.list()])
    expect(() => Object.assign(read?.metadata ?? {}, { name: 'mine' })).toThrow(TypeError);
});

test('the options of a deletion reach the API server, and the next request on that connection too', async () => {
  const { cert, private: key } = await generate([{ name: 'commonName', value: '127.0.0.1' }], {
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
  });
  const server = createServer({ cert, key }, async (request, response) => {
    const options = request.headers['content-length'] ? await json(request) : null;
    response.end(JSON.stringify({ options, port: request.socket.remotePort }));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => void server.close().closeAllConnections());
  const { port } = server.address() as AddressInfo;
  const client = createClient({ server: `https://127.0.0.1:${port}`, ca: cert, token: () => 'token' });

  const options = { propagationPolicy: 'Foreground' };
  const first = await client.request<{ port: number }>('DELETE', '/one', options);
  expect(first).toMatchObject({ options });
  expect(await client.request('GET', '/two')).toEqual({ options: null, port: first.port });
});

test('no more names at once than workers, each by one at a time, and what comes meanwhile is done once more after', async () => {
  const started: string[] = [];
  const running = new Map<string, () => void>();
  const work = (key: string) => {
    started.push(key);
    return new Promise<void>((resolve) => running.set(key, resolve));
  };
  const queue = createQueue(2, work, new AbortController().signal);
  const end = async (key: string): Promise<string> => {
    running.get(key)?.();
    await turn();
    return started.join('');
  };
  for (const key of ['a', 'a', 'b', 'c', 'a']) queue.add(key);
  expect(started.join('')).toBe('ab');
  expect(await end('b')).toBe('abc');
  expect(await end('a')).toBe('abca');
  await end('c');
  expect(await end('a')).toBe('abca');
});

test('failures in a row wait longer and longer', () => {
  expect([0, 1, 2, 10, 30].map(retryDelay)).toEqual([5, 10, 20, 5_120, 1_000_000]);
});

test('the time of a condition moves with its status alone', () => {
  const first = withCondition(null, { type: 'Ready', status: 'False', reason: 'A' }, 't1');
  const second = withCondition(first, { type: 'Ready', status: 'False', reason: 'B' }, 't2');
  expect(second).toMatchObject([{ reason: 'B', lastTransitionTime: 't1' }]);
  const third = withCondition(second, { type: 'Ready', status: 'True' }, 't3');
  expect(third).toMatchObject([{ status: 'True', lastTransitionTime: 't3' }]);
});
