import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { countConnections, type ManagerPod, mostConnectedFirst } from '../../e2e/longhorn/manager.ts';

const serve = async (host: string): Promise<number> => {
  const sockets: Socket[] = [];
  const server = createServer((socket) => void sockets.push(socket)).listen(0, host);
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
};
const join = async (port: number): Promise<void> => {
  const socket = connect({ port, host: '127.0.0.1' });
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
};
const readTable = async (): Promise<string> =>
  (await readFile('/proc/net/tcp', 'utf8')) + (await readFile('/proc/net/tcp6', 'utf8'));

test.each(['0.0.0.0', '::'])(
  'connections to a port served on %s are counted in the kernel’s own tables',
  async (host) => {
    const [two, one, none] = [await serve(host), await serve(host), await serve(host)];
    for (const port of [two, two, one]) await join(port);
    const table = await readTable();
    expect([two, one, none].map((port) => countConnections(table, port))).toEqual([2, 1, 0]);
  },
);

// A connection to port 9500, as a manager's pod tells of it.
const line =
  '   1: 0000000000000000FFFF00000402010A:251C 0000000000000000FFFF00000302010A:C350 01 00000000:00000000 02:00000000 00000000     0        0 1 2';

test('the managers with the most connections come first; one that cannot be looked into is no hindrance', async () => {
  const tables: Record<string, string> = { a: line, c: `${line}\n${line}`, d: '' };
  const exec = async ({ name }: { name: string }) => {
    const stdout = tables[name];
    if (stdout === undefined) throw new Error('no such pod');
    return { stdout, stderr: '', exitCode: 0 };
  };
  const managers = ['a', 'b', 'c', 'd'].map((name) => ({ name, namespace: 'longhorn-system' }) as ManagerPod);
  expect((await mostConnectedFirst({ exec }, managers)).map(({ name }) => name)).toEqual([
    'c',
    'a',
    'b',
    'd',
  ]);
});
