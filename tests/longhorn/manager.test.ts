import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import type { Cluster } from '../../e2e/kube/cluster.ts';
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
const join = async (port: number, localAddress: string): Promise<void> => {
  const socket = connect({ port, host: '127.0.0.1', localAddress });
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
};
const readTable = async (): Promise<string> => (await readFile('/proc/net/tcp', 'utf8')) + (await readFile('/proc/net/tcp6', 'utf8'));

test.each(['0.0.0.0', '::'])('connections of an address to a port served on %s are counted in the kernel’s own tables', async (host) => {
  const [port, another] = [await serve(host), await serve(host)];
  await join(port, '127.9.0.21');
  await join(port, '127.9.0.21');
  await join(port, '127.9.0.22');
  await join(another, '127.9.0.23');
  const table = await readTable();
  const count = (address: string) => countConnections(table, { port, address });
  expect(['127.9.0.21', '127.9.0.22', '127.9.0.23', '0.0.0.0', ''].map(count)).toEqual([2, 1, 0, 0, 0]);
});

// A connection of 10.1.2.3 to port 9500, as a manager's pod tells of it.
const line =
  '   1: 0000000000000000FFFF00000402010A:251C 0000000000000000FFFF00000302010A:C350 01 00000000:00000000 02:00000000 00000000     0        0 1 2';

test('the managers that a pod is connected to come first; one that cannot be looked into is no hindrance', async () => {
  const managers = ['a', 'b', 'c'].map((name) => ({ name, namespace: 'longhorn-system' }) as ManagerPod);
  const cluster = {
    list: async () => ({ items: [{ metadata: { name: 'longhorn-ui-1' }, status: { podIP: '10.1.2.3' } }] }),
    exec: async ({ name }: { name: string }) => {
      if (name === 'b') throw new Error('no such pod');
      return { stdout: name === 'c' ? line : '', stderr: '', exitCode: 0 };
    },
  } as unknown as Cluster;
  const order = async (pod?: string) => (await mostConnectedFirst(cluster, { managers, pod })).map(({ name }) => name);
  expect(await order('longhorn-ui-1')).toEqual(['c', 'a', 'b']);
  expect(await order('longhorn-ui-2')).toEqual(['a', 'b', 'c']);
  expect(await order()).toEqual(['a', 'b', 'c']);
});
