import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openLedger } from '../../e2e/faults/ledger.ts';
import { healLeftOver, openFaults } from '../../e2e/faults/open-faults.ts';
import { replicaKilled } from '../../e2e/faults/replica-killed.ts';
import { longhornResources } from '../../e2e/longhorn/resources.ts';
import { startStubServer } from '../support/stub-api-server.ts';
import { stubCluster } from '../support/stub-cluster.ts';
import { folderOfEachTest } from '../support/temporary-folder.ts';

const folder = folderOfEachTest();
const namespace = 'longhorn-system';
const pod = { namespace, name: 'instance-manager-1', container: 'instance-manager' };
const { exec } = stubCluster();
const volume = (state: string, robustness: string) => ({
  ...{ metadata: { name: 'v', namespace }, spec: { size: '1' } },
  status: { state, robustness },
});

let children: ChildProcess[];
beforeEach(async () => {
  children = [];
  await writeFile(folder('longhorn'), '#!/bin/bash\nread -t 30\n', { mode: 0o755 });
});
afterEach(async () => {
  for (const child of children) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    const ended = once(child, 'exit');
    if (child.kill('SIGKILL')) await ended;
  }
});

// Looked for among all processes of the machine, which another run of these tests may have as well.
const directory = () => `v-${folder().slice(-6)}`;
const run = async (...args: string[]): Promise<ChildProcess> => {
  const child = spawn(folder('longhorn'), args, { stdio: ['pipe', 'ignore', 'ignore'] });
  children.push(child);
  await once(child, 'spawn');
  return child;
};
const data = (name = directory()): string => `/host/var/lib/longhorn/replicas/${name}`;
const fault = (cluster = stubCluster()) =>
  replicaKilled.on(cluster, { replica: 'v-r-1', directory: directory(), pod, volume: 'v' });

test('the process of one replica is killed, and no other one that names its folder', async () => {
  const meant = await run('--volume-name', 'v', 'replica', data(), '--size', '1');
  const others = await Promise.all([
    run('replica', data(`${directory()}0`)),
    run('replica', data(`other-${directory()}`)),
    run('backup', 'create', data()),
  ]);
  const ended = once(meant, 'exit');
  const { inject, prove } = fault();
  await inject();
  expect(await ended).toEqual([null, 'SIGKILL']);
  expect(await prove()).toBe(`its process (${meant.pid} in instance-manager-1) has ended`);
  expect(others.map(({ exitCode, signalCode }) => exitCode ?? signalCode)).toEqual([null, null, null]);
});

test('it is not proven before it was injected, nor while the process still runs', async () => {
  const { inject, prove } = fault();
  await expect(prove()).rejects.toThrow('replica v-r-1 was not killed: the fault was not injected');
  await expect(inject()).rejects.toThrow(
    `replica v-r-1 could not be killed in instance-manager-1 with exit code 1: no process has the folder replicas/${directory()}`,
  );
  const spared = await run('replica', data());
  const spare = (word: string) => word.replace('kill -KILL "$pid"', ':').replace('< 100', '< 1');
  const sparing = fault(stubCluster({ exec: (at, command) => exec(at, command.map(spare)) }));
  await sparing.inject();
  await expect(sparing.prove()).rejects.toThrow(
    `replica v-r-1 was not killed: its process ${spared.pid} still runs`,
  );
});

test('it is healed when the volume is healthy, not attached or gone, also by another process and twice', async () => {
  const server = await startStubServer();
  const cluster = { ...server.connect(), exec };
  server.put(longhornResources.volumes, volume('attached', 'degraded'));
  await run('replica', data());
  const faults = openFaults({ cluster, ledger: await openLedger(folder()) });
  const { heal } = await faults.inject(fault(cluster));
  const left = healLeftOver({ cluster, ledger: await openLedger(folder()) });
  const healing = heal();
  await server.untilRequests(1);
  await cluster.patch(
    longhornResources.volumes,
    { namespace, name: 'v' },
    { status: { robustness: 'healthy' } },
  );
  expect(await healing).toBe('volume v is healthy');
  expect(await left).toEqual(['the process of replica v-r-1 was killed: volume v is healthy']);

  const again = () => replicaKilled.heal(cluster, { namespace, volume: 'v' });
  await cluster.patch(longhornResources.volumes, { namespace, name: 'v' }, { status: { state: 'detached' } });
  expect(await again()).toBe('volume v is not attached');
  server.remove(longhornResources.volumes, 'v');
  expect(await again()).toBe('volume v is gone, and its replicas with it');
});
