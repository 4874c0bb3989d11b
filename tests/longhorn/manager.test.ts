import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { countConnections, type ManagerPod, mostConnectedFirst } from '../../e2e/longhorn/manager.ts';

/** Serves on a port of its own, to so many clients. */
const serve = async (host: string, clients: number): Promise<number> => {
  const sockets: Socket[] = [];
  const server = createServer((socket) => void sockets.push(socket)).listen(0, host);
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  for (let each = 0; each < clients; each += 1) {
    const socket = connect({ port, host: '127.0.0.1' });
    sockets.push(socket);
    await once(socket, 'connect');
  }
  return port;
};

test.each(['0.0.0.0', '::'])(
  'connections to a port on %s are counted by the kernel’s tables',
  async (host) => {
    const ports = [await serve(host, 2), await serve(host, 1), await serve(host, 0)];
    const table = (await readFile('/proc/net/tcp', 'utf8')) + (await readFile('/proc/net/tcp6', 'utf8'));
    expect(ports.map((port) => countConnections(table, port))).toEqual([2, 1, 0]);
  },
);

test('the managers with the most connections come first; one that cannot be looked into is no hindrance', async () => {
  // A connection to port 9500, as a manager's pod shows it.
  const line =
    '   1: 0000000000000000FFFF00000402010A:251C 0000000000000000FFFF00000302010A:C350 01 00000000:00000000 02:00000000 00000000     0        0 1 2';
  const tables: Record<string, string> = { a: line, c: `${line}\n${line}`, d: '' };
  const script = async ({ name }: { name: string }) => {
    const stdout = tables[name];
    if (stdout === undefined) throw new Error('no such pod');
    return { stdout, stderr: '', exitCode: 0 };
  };
  const managers = ['a', 'b', 'c', 'd'].map((name) => ({ name, namespace: 'longhorn-system' }) as ManagerPod);
  const order = await mostConnectedFirst({ script }, managers);
  expect(order.map(({ name }) => name).join('')).toBe('cabd');
});
