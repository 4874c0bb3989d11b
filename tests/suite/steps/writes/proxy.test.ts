import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setImmediate } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { type DisturbedWrite, followOperation } from '../../../../e2e/suite/steps/writes/follow.ts';
import { followWrites, type WriteHandler } from '../../../../e2e/suite/steps/writes/proxy.ts';
import { stubCluster } from '../../../support/stub-cluster.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { aTarget, createTestContext } from '../../../support/test-context.ts';

const request = { verb: 'PUT', path: '/x', pod: { name: 'longhorn-manager-a', uid: 'u' } };

/** Stands in for the proxy of a lab: it answers who follows, asks, and gives what is said. */
const startProxy = async () => {
  const folder = await temporaryFolder();
  const server = createServer();
  const clients: Socket[] = [];
  const said: unknown[] = [];
  server.on('connection', (client) => {
    clients.push(client);
    createInterface(client).on('line', (line) => {
      const word = JSON.parse(line);
      said.push(word);
      if ('follow' in word) client.write(`${JSON.stringify({ following: 1 })}\n`);
      if ('stale' in word) client.write(`${JSON.stringify({ staleLists: 0 })}\n`);
      server.emit('said');
    });
  });
  server.listen(join(folder, 'proxy.sock'));
  await once(server, 'listening');
  onTestFinished(() => {
    for (const client of clients) client.destroy();
    server.close();
  });
  return {
    folder,
    said,
    tell: (line: object) => clients[0]?.write(`${JSON.stringify(line)}\n`),
    ask: async (question: object) => {
      const heard = once(server, 'said');
      clients[0]?.write(`${JSON.stringify(question)}\n`);
      await heard;
      return said.at(-1);
    },
  };
};

const follow = async (handler: Partial<WriteHandler>) => {
  const proxy = await startProxy();
  const pass = async () => ({ do: 'pass' }) as const;
  const controller = new AbortController();
  onTestFinished(() => controller.abort());
  const followed = await followWrites(proxy.folder, {
    texts: ['the-volume'],
    handler: { onRequest: pass, answered: pass, ...handler },
    signal: controller.signal,
  });
  return { ...proxy, ...followed };
};

test('the proxy gets what to follow, and asks of each write and of each answer', async () => {
  const proxy = await follow({ answered: async () => ({ do: 'drop' }) });
  expect(proxy.said).toEqual([{ follow: ['the-volume'] }]);
  expect(await proxy.ask({ id: 1, ...request })).toEqual({ id: 1, do: 'pass' });
  expect(await proxy.ask({ id: 2, of: 1, status: 200 })).toEqual({ id: 2, do: 'drop' });
});

test('a write is refused in the words of the handler', async () => {
  const refusal = { do: 'refuse', code: 409, reason: 'Conflict', message: 'no' } as const;
  const proxy = await follow({ onRequest: async () => refusal });
  expect(await proxy.ask({ id: 1, ...request })).toEqual({ id: 1, ...refusal });
});

test('a handler that cannot decide holds no write up', async () => {
  const proxy = await follow({ onRequest: () => Promise.reject(new Error('over')) });
  expect(await proxy.ask({ id: 1, ...request })).toEqual({ id: 1, do: 'pass' });
});

test('the proxy is told what state pods are to see, and tells of the lists that they got of it', async () => {
  const proxy = await follow({});
  const rule = { pods: 'longhorn-manager-', except: ['u'], revision: '7', lasts: 30_000 };
  await proxy.showOlder(rule);
  expect(proxy.said.at(-1)).toEqual({ stale: rule });
  expect(proxy.staleLists()).toBe(0);
  proxy.tell({ staleLists: 3 });
  await expect.poll(proxy.staleLists).toBe(3);
});

/** An operation on volume v that is followed, in a cluster with one longhorn-manager of the uid `alive`. */
const followed = async (cell?: DisturbedWrite) => {
  const proxy = await startProxy();
  const pods = [{ metadata: { name: 'longhorn-manager-a', uid: 'alive' } }];
  const cluster = stubCluster({ list: async () => ({ items: pods, resourceVersion: '1' }) as never });
  const controller = new AbortController();
  onTestFinished(() => controller.abort());
  const { context } = createTestContext({ cluster, lab: proxy.folder, scenarioSignal: controller.signal });
  const volume = { name: 'v', target: aTarget, node: 'node1', size: 64 };
  const operation = await followOperation(context, { volume, backups: [] }, cell);
  const write = (id: number, uid: string) => ({
    id,
    verb: 'PATCH',
    path: '/apis/longhorn.io/v1beta2/namespaces/longhorn-system/volumes/v',
    pod: { name: 'longhorn-manager-a', uid },
    object: { spec: { nodeID: 'node1' } },
  });
  return { ...proxy, operation, write };
};

test('a write of a manager whose pod is gone is dropped, and does not count', async () => {
  const { ask, operation, write } = await followed();
  expect(await ask(write(1, 'gone'))).toEqual({ id: 1, do: 'drop' });
  expect(await ask(write(2, 'alive'))).toEqual({ id: 2, do: 'pass' });
  expect(operation.writes).toEqual(['patch volumes the volume: nodeID']);
});

test.each([
  ['is lost', 200, 'drop', expect.stringContaining('answer lost')],
  ['never came, so that nothing was disturbed', 0, 'pass', undefined],
])(
  'an operation ends after the answer to its disturbed write, which %s',
  async (_, status, word, disturbed) => {
    const disturbance = {
      write: 'patch volumes the volume: nodeID',
      disturbance: 'answer lost',
    } as const;
    const { ask, operation, write } = await followed(disturbance);
    await ask(write(1, 'alive'));
    const ended = operation.end().then(() => 'ended');
    expect(await Promise.race([ended, setImmediate('not yet')])).toBe('not yet');
    expect(await ask({ id: 2, of: 1, status })).toEqual({ id: 2, do: word });
    expect(await ended).toBe('ended');
    expect(operation.disturbed()).toEqual(disturbed);
  },
);
