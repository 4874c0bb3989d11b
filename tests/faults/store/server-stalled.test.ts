import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  serverFrozen,
  serverGone,
  serverSlow,
  stallCommand,
} from '../../../e2e/faults/store/server-stalled.ts';
import { startInPods } from '../../../e2e/kube/in-pods.ts';
import type { RunningStore } from '../../../e2e/store/driver.ts';
import { localStore } from '../../store/support/local-store.ts';
import { stubCluster } from '../../support/stub-cluster.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const cluster = stubCluster();
const pod = { namespace: 'corral', name: 'backupstore', container: 'nfs' };
let folder: string;
let server: ChildProcess;
let program: string;

beforeEach(async () => {
  folder = await temporaryFolder();
  program = `server-${folder.slice(-6)}`;
  await copyFile('/bin/sleep', join(folder, program));
  server = spawn(join(folder, program), ['60'], { stdio: 'ignore' });
  await once(server, 'spawn');
});

afterEach(async () => {
  const ended = once(server, 'exit');
  if (server.kill('SIGKILL')) await ended;
});

const store = (name = program): RunningStore => ({
  ...localStore(folder, cluster),
  access: { folder: { cluster, pod, root: folder, program: name } },
});

const stateOf = async (): Promise<string | undefined> =>
  (await readFile(`/proc/${server.pid}/stat`, 'utf8')).split(') ').at(-1)?.[0];

test('a slow server is stopped most of the time, and never all of it, a frozen or a lost one all of it, until the heal', async () => {
  const slow = await serverSlow.on(store());
  await slow.inject();
  expect(await slow.prove()).toMatch(/was stopped at [4-9]\d of 100 looks$/);
  expect(await serverGone.heal(cluster, slow.data)).toBe('it runs again');
  for (const stalled of [serverFrozen, serverGone]) {
    const { inject, prove, data, settle } = await stalled.on(store());
    await expect(prove()).rejects.toThrow(
      /^the fault is not in force: the store's server .*: .* was stopped at 0 of 100 looks$/,
    );
    await inject();
    expect(await prove()).toBe(`${program} in backupstore is stopped`);
    expect(await serverGone.heal(cluster, data)).toBe('it runs again');
    await settle?.();
    expect(await stateOf()).not.toBe('T');
  }
});

test('the command lets the server run when its time is over, whoever is left', async () => {
  const stalling = startInPods(cluster, {
    pods: [pod],
    command: stallCommand('stall', 'token', program, '1', '0', '0'),
  });
  await stalling.until(() => stalling.commands[0]?.ended !== undefined, 10_000);
  expect(stalling.commands[0]?.lines).toEqual([`stalled ${server.pid}`, 'runs again']);
});

test('a server that is not there cannot be stopped, and needs no heal once it has ended', async () => {
  const { inject, data } = await serverFrozen.on(store('no-such-server'));
  await expect(inject()).rejects.toThrow('no process is called no-such-server');
  expect(await serverGone.heal(cluster, data)).toBe('it has ended');
});
