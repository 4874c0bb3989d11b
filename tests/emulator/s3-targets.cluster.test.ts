import { readdir, readFile } from 'node:fs/promises';
import { afterAll, expect, test } from 'vitest';
import { once, onceGone } from '../../e2e/history/expectation.ts';
import { resources } from '../../e2e/kube/cluster.ts';
import type { BackupTarget } from '../../emulator/longhorn/objects.ts';
import { engineImage, namespace } from '../../emulator/modelled-on.ts';
import { type LocalS3, startS3Server } from '../support/s3-server.ts';
import { longhorn, type SharedLonghorn } from './support/local-cluster.ts';
import { type User, useLonghorn } from './support/use-longhorn.ts';

const mebibyte = 1 << 20;
const [target, volume, restored, backup] = ['s3-target', 's3-v', 's3-r', 's3-a'];
const limit = { within: '5m', owner: 'this test' } as const;
const secret = { namespace, name: 's3-keys' };

let local: SharedLonghorn;
let user: User;
let server: LocalS3;
let url: string;
useLonghorn(async (started) => {
  ({ local, user } = started);
  server = await startS3Server();
  url = `s3://${server.bucket}@${server.region}/store/`;
  await local.cluster.create(longhorn('backuptargets'), {
    apiVersion: 'longhorn.io/v1beta2',
    kind: 'BackupTarget',
    metadata: { name: target, namespace },
    spec: { backupTargetURL: url, credentialSecret: secret.name, pollInterval: '0s' },
  });
});
afterAll(() => server.stop());

const untilTarget = (label: string, isSo: (target: BackupTarget) => boolean) =>
  once(user.timelines.targets, isSo, { name: target, label, ...limit });
const logs = async (): Promise<string> => (await Promise.all(local.nodes.map(local.log))).join('\n');
const blocks = async (): Promise<string[]> =>
  (await readdir(server.folder, { recursive: true })).filter((path) => path.endsWith('.blk'));

test('a target whose Secret is not there is not looked at, and only the log says why', async () => {
  await untilTarget('somebody looks after it', ({ status }) => !!status?.ownerID);
  const words = `failed to init backup target clients: failed to get ${target} backup target client on ${engineImage}: secret \\"${secret.name}\\" not found`;
  await expect.poll(logs).toContain(words);
  expect(user.timelines.targets.current(target)?.status).toMatchObject({
    available: false,
    conditions: null,
    lastSyncedAt: null,
  });
});

test('one whose Secret lacks a key is unavailable, and says which', async () => {
  await local.cluster.create(resources.secrets, {
    ...{ apiVersion: 'v1', kind: 'Secret', metadata: secret },
    stringData: { AWS_ACCESS_KEY_ID: server.accessKeyId, AWS_ENDPOINTS: server.endpoint },
  });
  const { status } = await untilTarget('it is unavailable', ({ status }) => status?.conditions != null);
  expect(status?.conditions).toMatchObject([
    {
      ...{ type: 'Unavailable', status: 'True' },
      message: `failed to list system backups in ${url}: error listing system backup in ${url}: could not backup to s3, missing [AWS_SECRET_ACCESS_KEY] in the secret`,
    },
  ]);
});

test('with a whole one backups are made in the bucket, restored and deleted', async () => {
  const stringData = { AWS_SECRET_ACCESS_KEY: server.secretAccessKey, VIRTUAL_HOSTED_STYLE: 'false' };
  await local.cluster.patch(resources.secrets, secret, { stringData });
  await untilTarget('it is available', ({ status }) => status?.available === true && !!status.lastSyncedAt);
  const size = 32 * mebibyte;
  await user.volume(volume, { node: 'node1', size, backupTargetName: target });
  await user.write('node1', volume, { offset: 0, size: 8 * mebibyte });
  await user.snapshot('s3-s', volume);
  await user.backup(backup, { snapshot: 's3-s', volume, target });
  await user.untilSettled(backup, volume);
  const { status } = await user.untilState(backup, 'Completed');
  expect(status?.url).toBe(`${url}?backup=${backup}&volume=${volume}`);
  expect(await blocks()).toHaveLength(4);

  await user.volume(restored, { node: 'node1', size, backupTargetName: target, fromBackup: status?.url });
  const [original, copy] = await Promise.all(
    [volume, restored].map((name) => readFile(local.device('node1', name))),
  );
  expect(copy?.equals(original ?? Buffer.of())).toBe(true);

  await user.delete('backups', backup);
  await onceGone(user.timelines.backups, { name: backup, label: 'it is gone', ...limit });
  await expect.poll(blocks).toEqual([]);
});

test('what the Secret holds is told to nobody', async () => {
  const kinds = ['volumes', 'snapshots', 'backups', 'backupvolumes', 'backuptargets', 'replicas'];
  const objects = await Promise.all(
    kinds.map((plural) => local.cluster.list(longhorn(plural), { namespace })),
  );
  expect(JSON.stringify(objects)).toContain(target);
  expect(JSON.stringify(objects)).not.toContain(server.secretAccessKey);
  expect(await logs()).not.toContain(server.secretAccessKey);
});
