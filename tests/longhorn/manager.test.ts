import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { describeBackup } from '../../e2e/longhorn/backup-state.ts';
import { countConnections, type ManagerPod, mostConnectedFirst } from '../../e2e/longhorn/manager.ts';
import { isSyncDue, syncRequest } from '../../e2e/longhorn/sync-request.ts';
import type { BackupStatus } from '../../e2e/longhorn/types.ts';
import { versionOf } from '../../e2e/longhorn/version.ts';

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

test.for<[string | undefined, string | undefined, string | undefined]>([
  ['v1.12.1', 'docker.io/longhornio/longhorn-manager:v1.8.2', 'v1.12.1'],
  ['', 'longhornio/longhorn-manager:v1.9.0', 'v1.9.0'],
  [undefined, 'longhornio/longhorn-manager:v1.10.2@sha256:0f1e', 'v1.10.2'],
  ['v1.13.0-dev', undefined, 'v1.13.0-dev'],
  [undefined, 'localhost:5000/longhorn-manager', undefined],
  [undefined, 'longhornio/longhorn-manager:master-head', undefined],
])('by the setting %j and the image %j, the version is %s', ([setting, image, version]) => {
  expect(versionOf(setting, image)).toBe(version);
});

test.each([
  ['2026-11-20T11:59:59Z', null, '2026-11-20T12:00:05Z', []],
  ['2026-11-20T12:00:05Z', null, '2026-11-20T12:00:06Z', [100]],
  // A node whose clock is ahead.
  ['2026-11-20T12:10:00Z', null, '2026-11-20T12:10:01Z', [1000]],
  [null, null, '2026-11-20T12:00:05Z', []],
  ['2026-11-20T11:59:59Z', '2026-11-20T12:00:05Z', '2026-11-20T12:00:06Z', [100]],
] as const)(
  'after a look at %s, and a request of %s, a request of %s, given after %j ms',
  async (lastSyncedAt, syncRequestedAt, request, waits) => {
    const waited: number[] = [];
    const clock = {
      now: () => Date.parse('2026-11-20T12:00:05.900Z'),
      sleep: async (milliseconds: number) => void waited.push(milliseconds),
    };
    expect(await syncRequest({ spec: { syncRequestedAt }, status: { lastSyncedAt } }, clock)).toBe(request);
    expect(waited).toEqual(waits);
  },
);

test.each([
  ['never looked at', null, null, true],
  ['asked for after the last look', '2026-11-20T12:00:06Z', '2026-11-20T12:00:05Z', true],
  ['looked at as was asked for', '2026-11-20T12:00:05Z', '2026-11-20T12:00:05Z', false],
  ['looked at without being asked for', null, '2026-11-20T12:00:05Z', false],
])('a look is due or not: %s', (_, syncRequestedAt, lastSyncedAt, due) => {
  expect(isSyncDue({ spec: { syncRequestedAt }, status: { lastSyncedAt } })).toBe(due);
});

test.for<[BackupStatus | undefined, string]>([
  [undefined, 'new'],
  [{ state: '', progress: 0, messages: null }, 'new'],
  [{ state: 'InProgress' }, 'InProgress 0 %'],
  [{ state: 'InProgress', progress: 21, messages: { info: 'Wait' } }, 'InProgress 21 % ("Wait")'],
  [{ state: 'Error', error: '', messages: { error: 'no' } }, 'Error (messages.error "no")'],
  [{ state: 'Error', error: 'no lock', messages: {} }, 'Error (error "no lock")'],
  [{ state: 'Paused' }, 'Paused'],
])('a backup with %j reads as %s', ([status, line]) => {
  const backup = { metadata: { name: 'b' }, spec: { snapshotName: 's' }, ...(status && { status }) };
  expect(describeBackup(backup)).toBe(line);
});
