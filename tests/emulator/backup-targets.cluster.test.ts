import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { resources } from '../../e2e/kube/cluster.ts';
import type { BackupTarget } from '../../emulator/longhorn/objects.ts';
import { defaultEngineImage, namespace } from '../../emulator/modelled-on.ts';
import { type LocalS3, startS3Server } from '../support/s3-server.ts';
import { longhorn, type SharedLonghorn } from './support/local-cluster.ts';
import { type User, useLonghorn } from './support/use-longhorn.ts';

const mebibyte = 1 << 20;

let local: SharedLonghorn;
let user: User;
useLonghorn(async (started) => {
  ({ local, user } = started);
});

test('stores that do not answer hold nobody else up', async () => {
  // As many as there are managers: one that did one thing at a time would leave the others to the rest.
  const dead = local.nodes.map((node) => `dead-for-${node}`);
  for (const name of dead) {
    await user.target(name, `${name}/stalled`);
    await user.until('targets', name, 'somebody looks after it', ({ status }) => !!status?.ownerID);
  }
  await user.target('two', 'store-two');
  for (const name of dead) expect(user.timelines.targets.current(name)?.status?.available).toBe(false);
  for (const name of dead) await user.delete('backuptargets', name);
});

describe('a target in a bucket', () => {
  const [target, volume, restored, backup] = ['s3-target', 's3-v', 's3-r', 's3-a'];
  const secret = { namespace, name: 's3-keys' };
  let server: LocalS3;
  let url: string;
  beforeAll(async () => {
    server = await startS3Server();
    url = `s3://${server.bucket}@${server.region}/store/`;
    const spec = { backupTargetURL: url, credentialSecret: secret.name, pollInterval: '0s' };
    const made = { apiVersion: 'longhorn.io/v1beta2', kind: 'BackupTarget', spec };
    await local.cluster.create(longhorn('backuptargets'), { ...made, metadata: { name: target, namespace } });
  });
  afterAll(() => server.stop());
  const logs = async (): Promise<string> => (await Promise.all(local.nodes.map(local.log))).join('\n');

  test('whose Secret is not there is not looked at, and only the log says why; one that lacks a key is unavailable, and says which', async () => {
    await user.until('targets', target, 'somebody looks after it', ({ status }) => !!status?.ownerID);
    const words = `failed to init backup target clients: failed to get ${target} backup target client on ${defaultEngineImage}: secret \\"${secret.name}\\" not found`;
    await expect.poll(logs).toContain(words);
    expect(user.timelines.targets.current(target)?.status).toMatchObject({
      ...{ available: false, conditions: null, lastSyncedAt: null },
    });
    await local.cluster.create(resources.secrets, {
      ...{ apiVersion: 'v1', kind: 'Secret', metadata: secret },
      stringData: { AWS_ACCESS_KEY_ID: server.accessKeyId, AWS_ENDPOINTS: server.endpoint },
    });
    const isExpected = ({ status }: BackupTarget) => status?.conditions != null;
    const { status } = await user.until('targets', target, 'it is unavailable', isExpected);
    const message = `failed to list system backups in ${url}: error listing system backup in ${url}: could not backup to s3, missing [AWS_SECRET_ACCESS_KEY] in the secret`;
    expect(status?.conditions).toMatchObject([{ type: 'Unavailable', status: 'True', message }]);
  });

  test('whose Secret is whole takes backups, from which volumes are made; what it holds is shown to nobody', async () => {
    const stringData = { AWS_SECRET_ACCESS_KEY: server.secretAccessKey, VIRTUAL_HOSTED_STYLE: 'false' };
    await local.cluster.patch(resources.secrets, secret, { stringData });
    const isExpected = ({ status }: BackupTarget) => status?.available === true && !!status.lastSyncedAt;
    await user.until('targets', target, 'it is available', isExpected);
    const size = 32 * mebibyte;
    await user.volume(volume, { node: 'node1', size, backupTargetName: target });
    await user.write('node1', volume, 8 * mebibyte);
    await user.snapshot('s3-s', volume);
    await user.backup(backup, { snapshot: 's3-s', volume, target });
    await user.untilSettled(backup, volume);
    const fromBackup = `${url}?backup=${backup}&volume=${volume}`;
    await user.volume(restored, { node: 'node1', size, backupTargetName: target, fromBackup });
    const [original, copy] = await Promise.all(
      [volume, restored].map((name) => readFile(local.device('node1', name))),
    );
    expect(copy?.equals(original ?? Buffer.of())).toBe(true);
    const kinds = ['volumes', 'backups', 'backupvolumes', 'backuptargets', 'replicas'];
    const all = kinds.map((plural) => local.cluster.list(longhorn(plural), { namespace }));
    for (const said of [JSON.stringify(await Promise.all(all)), await logs()]) {
      expect(said).toContain(target);
      expect(said).not.toContain(server.secretAccessKey);
    }
  });
});
