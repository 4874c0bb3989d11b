import { beforeEach, describe, expect, test } from 'vitest';
import { describeMetrics } from '../../../emulator/api/metrics.ts';
import { recordedObject } from '../support/recorded.ts';
import { backup, backupVolume, startTestApi, type TestApi, volume } from '../support/test-api.ts';

let api: TestApi;
beforeEach(async () => {
  api = await startTestApi();
});

type Named = { id: string };
const idsOf = ({ body }: { body: { data: Named[] } }): string[] => body.data.map(({ id }) => id);

describe('the answers', () => {
  const none = 'longhorn.io "none" not found';
  test.each([
    [
      'POST /v1/volumes/none?action=snapshotCRCreate',
      404,
      `failed to create snapshot CR: failed to get volume: volume.${none}`,
    ],
    ['GET /v1/volumes/%', 400, undefined],
    ['GET /v2/volumes', 501, 'not emulated: GET /v2/volumes'],
    ['PATCH /v1/volumes', 501, 'not emulated: PATCH /v1/volumes'],
  ])('to %s is %d, in the words of Longhorn', async (request, status, message) => {
    const answer = await api.call(request, request.startsWith('GET') ? undefined : { name: 'none' });
    expect([answer.status, answer.body?.message]).toEqual([status, message]);
  });

  test('to more than a mebibyte is an error', async () => {
    api.put('volumes', volume('v'));
    const text = `{"name":"${'a'.repeat(1 << 20)}"}`;
    const answer = await api.call('POST /v1/volumes/v?action=snapshotCRCreate', text);
    expect(answer).toMatchObject({ status: 500, body: { type: 'error' } });
    expect(api.writes).toEqual([]);
  });
});

describe('what is shown', () => {
  test('of a real backup is what Longhorn shows of it', async () => {
    api.put('backupVolumes', backupVolume('bv', { of: 'vz-r' }));
    const real = recordedObject('recurring-job', 'backups') as unknown as ReturnType<typeof backup>;
    const status: Record<string, unknown> = real.status;
    api.put('backups', real);
    const { body } = await api.call('POST /v1/backupvolumes/bv?action=backupList');
    expect(body.data[0]).toMatchObject({
      links: { self: `http://${api.host}/v1/backups/${real.metadata.name}` },
      actions: {},
      id: real.metadata.name,
      state: 'Completed',
      error: '',
      snapshotName: real.spec.snapshotName,
      created: status.backupCreatedAt,
      volumeName: 'vz-r',
      backupTargetName: 'default',
      blockSize: '2097152',
      newlyUploadDataSize: status.newlyUploadDataSize,
      labels: { RecurringJob: 'rj-e2e', 'longhorn.io/volume-access-mode': 'rwo' },
    });
  });

  test('of a volume and its backups is from its own target, and from labels while they are not complete', async () => {
    api.put('volumes', volume('v', { target: 't' }));
    api.put('backupVolumes', backupVolume('bv', { of: 'v', target: 't' }));
    const ofTarget = { of: 'v', target: 't' };
    const second = { state: 'InProgress', progress: 40, snapshotName: 's2', messages: { info: 'Wait' } };
    api.put('backups', backup('b2', { ...ofTarget, ...second }));
    api.put('backups', backup('b1', { ...ofTarget, state: 'Error', error: 'no' }));
    api.put('backups', backup('b3', { of: 'v', target: 'default' }));
    expect((await api.call('GET /v1/volumes/v')).body).toMatchObject({
      backupStatus: [
        { id: 'b1', state: 'Error', error: 'no' },
        { id: 'b2', state: 'InProgress', progress: 40, snapshot: 's2' },
      ],
    });
    expect((await api.call('POST /v1/backupvolumes/bv?action=backupGet', { name: 'b2' })).body).toMatchObject(
      { volumeName: 'v', backupTargetName: 't', snapshotName: 's-of-b2', messages: { info: 'Wait' } },
    );
    expect(idsOf(await api.call('POST /v1/backupvolumes/bv?action=backupList'))).toEqual(['b1', 'b2']);
  });
});

describe('what is done', () => {
  beforeEach(() => {
    api.put('volumes', volume('v', { target: 't' }));
    api.put('backupVolumes', backupVolume('bv', { of: 'v', target: 't' }));
  });
  const act = (action: string, input?: unknown) => api.call(`POST /v1/volumes/v?action=${action}`, input);

  test('snapshots are made as the webhook of a real Longhorn leaves them, and listed for their volume alone', async () => {
    const labels = { RecurringJob: 'j' };
    const created = await act('snapshotCRCreate', { name: 's1', labels });
    const shown = { id: 's1', type: 'snapshotCR', volume: 'v', readyToUse: false, labels };
    expect(created.body).toMatchObject({ ...shown, crCreationTime: '2026-01-01T00:00:00Z' });
    const made = api.datastore.snapshots.get('s1');
    const real = recordedObject('recurring-job', 'snapshots');
    expect(Object.keys(made?.spec ?? {}).sort()).toEqual(Object.keys(real.spec ?? {}).sort());
    expect(made?.metadata).toMatchObject({
      labels: { longhornvolume: 'v' },
      finalizers: ['longhorn.io'],
      ownerReferences: [{ kind: 'Volume', name: 'v', uid: 'uid-of-v' }],
    });
    api.put('snapshots', {
      metadata: { name: 's0' },
      spec: { volume: 'v', createSnapshot: true },
      status: { labels: { a: 'b' } },
    });
    api.put('snapshots', { metadata: { name: 's3' }, spec: { volume: 'other', createSnapshot: true } });
    const { body } = await act('snapshotCRList');
    expect(idsOf({ body })).toEqual(['s0', 's1']);
    expect(body.data[0].labels).toEqual({ a: 'b' });
    expect((await act('snapshotCRGet', { name: 's3' })).body.id).toBe('s3');
  });

  test('a backup is made as a real Longhorn makes it, on the target of its volume', async () => {
    const { body } = await act('snapshotBackup', { name: 's1', labels: { RecurringJob: 'j' } });
    const [made] = api.datastore.backups.list();
    expect(made).toMatchObject({
      metadata: {
        name: expect.stringMatching(/^backup-[0-9a-f]{16}$/),
        labels: { 'backup-target': 't', 'backup-volume': 'v' },
        finalizers: ['longhorn.io'],
      },
      spec: {
        snapshotName: 's1',
        backupMode: 'incremental',
        labels: { RecurringJob: 'j', 'longhorn.io/volume-access-mode': 'rwo' },
      },
    });
    expect(body.backupStatus).toMatchObject([{ id: made?.metadata.name, state: '' }]);
    expect(api.writes).toHaveLength(1);
  });
});

test('the metrics of a manager are those of the backups and volumes that it owns', () => {
  const real = recordedObject('recurring-job', 'backups') as unknown as ReturnType<typeof backup>;
  const status = { ...real.status, ownerID: 'node1' };
  api.put('backups', { ...real, status });
  api.put('backups', { ...real, metadata: { name: 'other' }, status: { ...status, ownerID: 'node2' } });
  for (const [name, lastBackupAt] of Object.entries({ v: '1970-01-01T00:01:00Z', w: '' }))
    api.put('volumes', { ...volume(name), status: { ownerID: 'node1', lastBackupAt } });
  const of = `{backup="${real.metadata.name}",recurring_job="rj-e2e",volume="vz-r"}`;
  const at = (name: string) =>
    `longhorn_volume_last_backup_at{node="node1",pvc="",pvc_namespace="",volume="${name}"}`;
  const { datastore } = api;
  const lines = describeMetrics({ datastore, node: 'node1', mutant: undefined }).trimEnd().split('\n');
  expect(lines).toEqual([
    `longhorn_backup_state${of} 3`,
    `longhorn_backup_actual_size_bytes${of} ${(status as { size?: string }).size}`,
    `${at('v')} 60`,
    `${at('w')} 0`,
  ]);
});
