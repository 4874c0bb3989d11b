import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { backup, backupVolume, recorded, volume } from './support/objects.ts';
import { startTestApi, type TestApi } from './support/server.ts';

let api: TestApi;
beforeEach(async () => {
  api = await startTestApi();
  api.put('volumes', volume('v'));
  api.put('backupVolumes', backupVolume('bv', { of: 'v' }));
});
afterEach(() => api.stop());

const act = (action: string, input?: unknown) => api.call(`POST /v1/volumes/v?action=${action}`, input);
const actOnBackups = (action: string, input?: unknown) =>
  api.call(`POST /v1/backupvolumes/bv?action=${action}`, input);

describe('snapshots', () => {
  test('are made as the webhook of a real Longhorn leaves them', async () => {
    const { body } = await act('snapshotCRCreate', { name: 's1', labels: { RecurringJob: 'j' } });
    expect(body).toMatchObject({
      id: 's1',
      type: 'snapshotCR',
      volume: 'v',
      readyToUse: false,
      labels: { RecurringJob: 'j' },
    });
    expect(body.crCreationTime).toBe('2026-01-01T00:00:00Z');
    const made = api.datastore.snapshots.get('s1');
    const real = recorded('snapshots') as { metadata: object; spec: object };
    expect(Object.keys(made?.metadata ?? {})).toEqual(
      expect.arrayContaining(['labels', 'finalizers', 'ownerReferences']),
    );
    expect(Object.keys(made?.spec ?? {}).sort()).toEqual(Object.keys(real.spec).sort());
    expect(made?.metadata.ownerReferences).toMatchObject([{ kind: 'Volume', name: 'v', uid: 'uid-of-v' }]);
  });

  test('without a name get one', async () => {
    expect((await act('snapshotCRCreate')).body.name).toMatch(/^snap-[0-9a-f]{16}$/);
  });

  test('are listed for their volume alone', async () => {
    for (const [name, of] of [
      ['s2', 'v'],
      ['s1', 'v'],
      ['s3', 'other'],
    ]) {
      api.put('snapshots', {
        metadata: { name },
        spec: { volume: of, createSnapshot: true },
        status: { labels: { a: 'b' } },
      });
    }
    const { body } = await act('snapshotCRList');
    expect(body.data.map(({ id }: { id: string }) => id)).toEqual(['s1', 's2']);
    expect(body.data[0].labels).toEqual({ a: 'b' });
    expect((await act('snapshotCRGet', { name: 's3' })).body.id).toBe('s3');
  });

  test('that are not there cannot be got, but be deleted', async () => {
    const { status, body } = await act('snapshotCRGet', { name: 'none' });
    expect([status, body.message]).toEqual([
      404,
      'failed to get snapshot CR: snapshot.longhorn.io "none" not found',
    ]);
    expect(await act('snapshotCRDelete', { name: 'none' })).toMatchObject({
      status: 200,
      body: { type: 'empty' },
    });
  });

  test('whose deletion Kubernetes denies are an error in its words', async () => {
    api.put('snapshots', { metadata: { name: 's1' }, spec: { volume: 'v', createSnapshot: true } });
    const words = `snapshots.longhorn.io "s1" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'p' denied request: no`;
    api.refused.set('delete snapshots s1', words);
    const { status, body } = await act('snapshotCRDelete', { name: 's1' });
    expect(status).toBe(500);
    expect(body).toMatchObject({
      type: 'error',
      code: 'Internal Server Error',
      detail: '',
      message: `failed to delete snapshot CR: ${words}`,
    });
  });

  test('of a volume that is not there are an error', async () => {
    const { status, body } = await api.call('POST /v1/volumes/none?action=snapshotCRCreate', {});
    expect([status, body.message]).toEqual([
      404,
      'failed to create snapshot CR: failed to get volume: volume.longhorn.io "none" not found',
    ]);
  });
});

describe('a backup', () => {
  test('is made as a real Longhorn makes it, on the target of its volume', async () => {
    api.put('volumes', volume('v', { target: 't' }));
    const { body } = await act('snapshotBackup', { name: 's1', labels: { RecurringJob: 'j' } });
    const [made] = api.datastore.backups.list();
    expect(made?.metadata).toMatchObject({
      labels: { 'backup-target': 't', 'backup-volume': 'v' },
      finalizers: ['longhorn.io'],
    });
    expect(made?.metadata.name).toMatch(/^backup-[0-9a-f]{16}$/);
    expect(made?.spec).toEqual({
      snapshotName: 's1',
      backupMode: 'incremental',
      labels: { RecurringJob: 'j', 'longhorn.io/volume-access-mode': 'rwo' },
    });
    expect(body.backupStatus).toMatchObject([{ id: made?.metadata.name, state: '' }]);
  });

  test.each([
    [{}, 'failed to backup snapshot: volume and snapshot name required'],
    [
      { name: 's', labels: { a: '' } },
      'failed to backup snapshot: value for label with key a cannot be empty',
    ],
  ])('is not made of %j', async (input, message) => {
    expect(await act('snapshotBackup', input)).toMatchObject({ status: 500, body: { message } });
    expect(api.datastore.backups.list()).toEqual([]);
  });

  test('is listed under its backup volume, on whichever target', async () => {
    api.put('backups', backup('b2', { of: 'v' }));
    api.put('backups', backup('b1', { of: 'v' }));
    api.put('backups', backup('b3', { of: 'v', target: 'other' }));
    const ids = async (action: string, input?: unknown) =>
      (await actOnBackups(action, input)).body.data.map(({ id }: { id: string }) => id);
    expect(await ids('backupList')).toEqual(['b1', 'b2']);
    expect(await ids('backupListByVolume', { name: 'v' })).toEqual(['b1', 'b2']);
    expect((await api.call('POST /v1/backupvolumes/none?action=backupList')).body.data).toEqual([]);
  });

  test('is deleted as an object, and one that is not there is no error', async () => {
    api.put('backups', backup('b1', { of: 'v' }));
    for (const _ of [1, 2]) {
      expect(await actOnBackups('backupDelete', { name: 'b1' })).toMatchObject({
        status: 200,
        body: { id: 'bv', type: 'backupVolume' },
      });
      expect(api.datastore.backups.list()).toEqual([]);
    }
  });

  test('whose deletion Kubernetes denies is the error of the recording', async () => {
    api.put('backups', backup('b1', { of: 'v' }));
    const words = `backups.longhorn.io "b1" is forbidden: ValidatingAdmissionPolicy 'deny' with binding 'deny' denied request: no`;
    api.refused.set('delete backups b1', words);
    const { status, body } = await actOnBackups('backupDelete', { name: 'b1' });
    expect([status, body.code, body.detail]).toEqual([500, 'Internal Server Error', '']);
    expect(body.message).toBe(`failed to delete backup 'b1' of volume 'bv': ${words}`);
  });

  test.each(['backupGet', 'backupDelete'])('has a name for %s', async (action) => {
    expect(await actOnBackups(action, {})).toMatchObject({
      status: 500,
      body: { message: 'empty backup name is not allowed' },
    });
  });

  test('that is not there cannot be got', async () => {
    const { status, body } = await actOnBackups('backupGet', { name: 'none' });
    expect([status, body.message]).toEqual([
      404,
      `failed to get backup 'none' of volume 'bv': backup.longhorn.io "none" not found`,
    ]);
  });
});

describe('other requests', () => {
  test('deletes a backup volume and answers without a body', async () => {
    expect(await api.call('DELETE /v1/backupvolumes/bv')).toMatchObject({ status: 200, body: undefined });
    expect(api.datastore.backupVolumes.get('bv')).toBeUndefined();
  });

  test('asks for a look at the store', async () => {
    api.put('backupTargets', { metadata: { name: 't' }, spec: { backupTargetURL: '' } });
    await api.call('POST /v1/backuptargets/t?action=backupTargetSync', { syncBackupTarget: true });
    await actOnBackups('backupVolumeSync', { syncBackupVolume: true });
    const now = expect.stringMatching(/^\d{4}-.*Z$/);
    expect(api.datastore.backupTargets.get('t')?.spec.syncRequestedAt).toEqual(now);
    expect(api.datastore.backupVolumes.get('bv')?.spec.syncRequestedAt).toEqual(now);
  });

  test('sets a setting, without the space around it', async () => {
    api.put('settings', { metadata: { name: 'backup-concurrent-limit' }, value: '1' });
    const { body } = await api.call('PUT /v1/settings/backup-concurrent-limit', { value: ' 2 ' });
    expect([body.value, api.datastore.settings.get('backup-concurrent-limit')?.value]).toEqual(['2', '2']);
  });

  test('sets no setting that is not there', async () => {
    const { status, body } = await api.call('PUT /v1/settings/none', { value: '1' });
    expect([status, body.message]).toEqual([404, 'settings.longhorn.io "none" not found']);
  });

  test('attaches and detaches by a ticket', async () => {
    api.put('nodes', { metadata: { name: 'node1' }, spec: { disks: {} } });
    api.put('volumeAttachments', { metadata: { name: 'v' }, spec: { volume: 'v' } });
    const { body } = await act('attach', { hostId: 'node1', attachmentID: 'ui' });
    expect(body.volumeAttachment.attachments).toMatchObject({
      ui: { nodeID: 'node1', attachmentType: 'longhorn-api', satisfied: false },
    });
    await act('detach', { attachmentID: 'ui' });
    expect(api.datastore.volumeAttachments.get('v')?.spec.attachmentTickets).toEqual({});
    expect(await act('attach', { hostId: 'none' })).toMatchObject({
      status: 404,
      body: { message: 'unable to attach volume v to none: node.longhorn.io "none" not found' },
    });
  });
});
