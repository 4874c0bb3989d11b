import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test } from 'vitest';
import { followWrites, type WriteHandler } from '../../../../e2e/suite/steps/writes/proxy.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

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
