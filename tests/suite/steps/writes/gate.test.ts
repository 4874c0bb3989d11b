import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test } from 'vitest';
import { followWrites, type Gatekeeper } from '../../../../e2e/suite/steps/writes/gate.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const request = { verb: 'PUT', path: '/x', pod: { name: 'longhorn-manager-a', uid: 'u' } };

/** Stands in for the gate of a lab: it answers who follows, asks, and gives what is said. */
const startGate = async () => {
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
  server.listen(join(folder, 'gate.sock'));
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

const follow = async (keeper: Partial<Gatekeeper>) => {
  const gate = await startGate();
  const pass = async () => ({ do: 'pass' }) as const;
  const controller = new AbortController();
  onTestFinished(() => controller.abort());
  const followed = await followWrites(gate.folder, {
    texts: ['the-volume'],
    keeper: { onRequest: pass, answered: pass, ...keeper },
    signal: controller.signal,
  });
  return { ...gate, ...followed };
};

test('the gate gets what to follow, and asks of each write and of each answer', async () => {
  const gate = await follow({ answered: async () => ({ do: 'drop' }) });
  expect(gate.said).toEqual([{ follow: ['the-volume'] }]);
  expect(await gate.ask({ id: 1, ...request })).toEqual({ id: 1, do: 'pass' });
  expect(await gate.ask({ id: 2, of: 1, status: 200 })).toEqual({ id: 2, do: 'drop' });
});

test('a write is refused in the words of the keeper', async () => {
  const refusal = { do: 'refuse', code: 409, reason: 'Conflict', message: 'no' } as const;
  const gate = await follow({ onRequest: async () => refusal });
  expect(await gate.ask({ id: 1, ...request })).toEqual({ id: 1, ...refusal });
});

test('a keeper that cannot decide holds no write up', async () => {
  const gate = await follow({ onRequest: () => Promise.reject(new Error('over')) });
  expect(await gate.ask({ id: 1, ...request })).toEqual({ id: 1, do: 'pass' });
});

test('the gate is told what state pods are to see, and tells of the lists that they got of it', async () => {
  const gate = await follow({});
  const rule = { pods: 'longhorn-manager-', except: ['u'], revision: '7', lasts: 30_000 };
  await gate.showOlder(rule);
  expect(gate.said.at(-1)).toEqual({ stale: rule });
  expect(gate.staleLists()).toBe(0);
  gate.tell({ staleLists: 3 });
  await expect.poll(gate.staleLists).toBe(3);
});
