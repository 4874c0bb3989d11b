import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { recordedObject } from '../support/recorded.ts';
import { backup, backupVolume, startTestApi, type TestApi, volume } from '../support/test-api.ts';

let api: TestApi;
beforeEach(async () => {
  api = await startTestApi();
});
afterEach(() => api.stop());

type Named = { id: string };
const idsOf = ({ body }: { body: { data: Named[] } }): string[] => body.data.map(({ id }) => id);
const empty = (type: string, self: string) => ({
  type: 'collection',
  resourceType: type,
  links: { self },
  data: [],
});
const denied = (object: string) =>
  `${object} is forbidden: ValidatingAdmissionPolicy 'p' with binding 'p' denied request: no`;

describe('the answers', () => {
  test('are collections sorted by name, with links by the name the request came by', async () => {
    for (const name of ['v2', 'v1']) api.put('volumes', volume(name));
    const { body } = await api.call('GET /v1/volumes');
    const self = `http://${api.host}/v1/volumes`;
    expect(body).toMatchObject({ ...empty('volume', self), data: [{ id: 'v1' }, { id: 'v2' }] });
    expect(body.data[0].links).toEqual({ self: `${self}/v1` });
    expect(body.data[0].actions.snapshotBackup).toBe(`${self}/v1?action=snapshotBackup`);
  });

  test('name the schemas, and those the collections, from which clients start', async () => {
    const first = await api.call('GET /v1');
    const links = { backupvolumes: `http://${api.host}/v1/backupvolumes` };
    expect(first.body).toMatchObject({ id: 'v1', type: 'apiVersion', links });
    const { body } = await api.call(`GET ${new URL(first.headers.get('x-api-schemas') ?? '').pathname}`);
    expect(body.data.find(({ id }: Named) => id === 'setting')).toMatchObject({
      resourceMethods: ['GET', 'PUT'],
      links: { collection: `http://${api.host}/v1/settings` },
    });
  });

  test('about what is not there are those of Longhorn', async () => {
    const none = 'longhorn.io "none" not found';
    const rows: [request: string, status: number, message: string | undefined][] = [
      ['GET /v1/volumes/none', 404, undefined],
      ['GET /v1/settings/none', 404, `failed to get setting none: setting.${none}`],
      ['PUT /v1/settings/none', 404, 'settings.longhorn.io "none" not found'],
      ['GET /v1/backingimages/none', 404, `failed to get backing image 'none': backingimage.${none}`],
      [
        'GET /v1/backupbackingimages/none',
        404,
        `failed to get backup backing image 'none': backupbackingimage.${none}`,
      ],
      [
        'POST /v1/volumes/none?action=snapshotCRCreate',
        404,
        `failed to create snapshot CR: failed to get volume: volume.${none}`,
      ],
      ['POST /v1/volumes/v?action=snapshotCRGet', 404, `failed to get snapshot CR: snapshot.${none}`],
      [
        'POST /v1/backupvolumes/bv?action=backupGet',
        404,
        `failed to get backup 'none' of volume 'bv': backup.${none}`,
      ],
      ['POST /v1/volumes/v?action=attach', 404, `unable to attach volume v to none: node.${none}`],
      ['GET /v1/volumes/%', 400, undefined],
      ...[
        'GET /v1/backups',
        'POST /v1/volumes',
        'POST /v1/volumes/v?action=snapshotPurge',
        'GET /v2/volumes',
        'PATCH /v1/volumes',
      ].map((request): [string, number, string] => [request, 501, `not emulated: ${request}`]),
    ];
    api.put('volumes', volume('v'));
    const input = { name: 'none', hostId: 'none', value: '1' };
    for (const [request, status, message] of rows) {
      const answer = await api.call(request, request.startsWith('GET') ? undefined : input);
      expect({ request, status: answer.status, message: answer.body?.message }).toEqual({
        request,
        status,
        message,
      });
    }
    const { body } = await api.call('GET /v1/settings/none');
    expect(body).toMatchObject({ type: 'error', status: 404, code: 'Not Found', detail: '' });
    // These are no errors: they have a name and nothing else, are listed as none, and are deleted.
    expect(await api.call('GET /v1/backupvolumes/none')).toMatchObject({
      status: 200,
      body: { id: 'none', volumeName: '' },
    });
    const { status, headers } = await api.call('GET /v1/backupvolumes/');
    expect([status, headers.get('location')]).toEqual([301, '/v1/backupvolumes']);
    for (const [path, type] of [
      ['backupvolumes', 'backupVolume'],
      ['backingimages', 'backingImage'],
      ['backupbackingimages', 'backupBackingImage'],
    ] as const) {
      const self = `http://${api.host}/v1/${path}`;
      expect((await api.call(`GET /v1/${path}`)).body).toEqual(empty(type, self));
    }
    expect((await api.call('POST /v1/backupvolumes/none?action=backupList')).body.data).toEqual([]);
    const deletion = await api.call('POST /v1/volumes/v?action=snapshotCRDelete', input);
    expect(deletion).toMatchObject({ status: 200, body: { type: 'empty' } });
  });

  test.each([
    ['no JSON', '{'],
    ['no object', '[]'],
    ['a name that is no text', '{"name":1}'],
    ['labels that are no texts', '{"labels":{"a":1}}'],
    ['more than a mebibyte', `{"name":"${'a'.repeat(1 << 20)}"}`],
  ])('to %s is an error', async (_, text) => {
    api.put('volumes', volume('v'));
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
      created: '2026-11-20 08:23:54 +0000 UTC',
      controllers: [{ hostId: 'node1', running: true }],
      backupStatus: [
        { id: 'b1', state: 'Error', error: 'no' },
        { id: 'b2', state: 'InProgress', progress: 40, snapshot: 's2' },
      ],
    });
    expect((await api.call('POST /v1/backupvolumes/bv?action=backupGet', { name: 'b2' })).body).toMatchObject(
      {
        volumeName: 'v',
        backupTargetName: 't',
        snapshotName: 's-of-b2',
        messages: { info: 'Wait' },
      },
    );
    for (const action of ['backupList', 'backupListByVolume'])
      expect(idsOf(await api.call(`POST /v1/backupvolumes/bv?action=${action}`, { name: 'v' }))).toEqual([
        'b1',
        'b2',
      ]);
  });

  test('of a faulted volume are no actions but on its attachment, of a target why it is not available', async () => {
    const healthy = volume('v');
    api.put('volumes', { ...healthy, status: { ...healthy.status, robustness: 'faulted' } });
    const { body } = await api.call('GET /v1/volumes/v');
    expect([body.ready, Object.keys(body.actions)]).toEqual([false, ['attach', 'detach']]);
    const conditions = [{ type: 'Unavailable', status: 'True', message: 'no such host' }];
    const spec = { backupTargetURL: 'nfs://x:/y', credentialSecret: '', pollInterval: '5m0s' };
    api.put('backupTargets', { metadata: { name: 't' }, spec, status: { available: false, conditions } });
    const shown = { available: false, message: 'no such host', ...spec };
    expect((await api.call('GET /v1/backuptargets/t')).body).toMatchObject(shown);
  });
});

describe('what is done', () => {
  beforeEach(() => {
    api.put('volumes', volume('v', { target: 't' }));
    api.put('backupVolumes', backupVolume('bv', { of: 'v', target: 't' }));
  });
  const act = (action: string, input?: unknown) => api.call(`POST /v1/volumes/v?action=${action}`, input);
  const actOnBackups = (action: string, input?: unknown) =>
    api.call(`POST /v1/backupvolumes/bv?action=${action}`, input);

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
    expect((await act('snapshotCRCreate')).body.name).toMatch(/^snap-[0-9a-f]{16}$/);
    api.put('snapshots', {
      metadata: { name: 's0' },
      spec: { volume: 'v', createSnapshot: true },
      status: { labels: { a: 'b' } },
    });
    api.put('snapshots', { metadata: { name: 's3' }, spec: { volume: 'other', createSnapshot: true } });
    const { body } = await act('snapshotCRList');
    expect(idsOf({ body })).toEqual(['s0', 's1', expect.stringMatching(/^snap-/)]);
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
    for (const [input, message] of [
      [{}, 'failed to backup snapshot: volume and snapshot name required'],
      [
        { name: 's', labels: { a: '' } },
        'failed to backup snapshot: value for label with key a cannot be empty',
      ],
    ] as const)
      expect(await act('snapshotBackup', input)).toMatchObject({ status: 500, body: { message } });
    expect(api.writes).toHaveLength(1);
  });

  test('a backup is deleted as an object, and one that is not there is no error', async () => {
    api.put('backups', backup('b1', { of: 'v', target: 't' }));
    for (const _ of [1, 2]) {
      const answer = await actOnBackups('backupDelete', { name: 'b1' });
      expect(answer).toMatchObject({ status: 200, body: { id: 'bv', type: 'backupVolume' } });
      expect(api.datastore.backups.list()).toEqual([]);
    }
    const message = 'empty backup name is not allowed';
    for (const action of ['backupGet', 'backupDelete'])
      expect(await actOnBackups(action, {})).toMatchObject({ status: 500, body: { message } });
  });

  test('what Kubernetes denies is an error in its words', async () => {
    api.put('backups', backup('b1', { of: 'v', target: 't' }));
    api.put('snapshots', { metadata: { name: 's1' }, spec: { volume: 'v', createSnapshot: true } });
    const words = { b1: denied('backups.longhorn.io "b1"'), s1: denied('snapshots.longhorn.io "s1"') };
    api.refused.set('delete backups b1', words.b1).set('delete snapshots s1', words.s1);
    const error = { type: 'error', code: 'Internal Server Error', detail: '' };
    expect(await actOnBackups('backupDelete', { name: 'b1' })).toMatchObject({
      status: 500,
      body: { ...error, message: `failed to delete backup 'b1' of volume 'bv': ${words.b1}` },
    });
    expect(await act('snapshotCRDelete', { name: 's1' })).toMatchObject({
      status: 500,
      body: { ...error, message: `failed to delete snapshot CR: ${words.s1}` },
    });
  });

  test('a look at the store is asked for, and a backup volume is deleted without a body', async () => {
    api.put('backupTargets', { metadata: { name: 't' }, spec: { backupTargetURL: '' } });
    await api.call('POST /v1/backuptargets/t?action=backupTargetSync', { syncBackupTarget: true });
    await actOnBackups('backupVolumeSync', { syncBackupVolume: true });
    const now = expect.stringMatching(/^\d{4}-.*Z$/);
    expect(api.datastore.backupTargets.get('t')?.spec.syncRequestedAt).toEqual(now);
    expect(api.datastore.backupVolumes.get('bv')?.spec.syncRequestedAt).toEqual(now);
    const deleted = await api.call('DELETE /v1/backupvolumes/bv');
    expect(deleted).toMatchObject({ status: 200, body: undefined });
    expect(api.datastore.backupVolumes.get('bv')).toBeUndefined();
  });

  test('a setting is set without the space around it', async () => {
    api.put('settings', { metadata: { name: 'backup-concurrent-limit' }, value: '1' });
    const { body } = await api.call('PUT /v1/settings/backup-concurrent-limit', { value: ' 2 ' });
    expect([body.value, api.datastore.settings.get('backup-concurrent-limit')?.value]).toEqual(['2', '2']);
  });

  test('a volume is attached and detached by a ticket', async () => {
    api.put('nodes', { metadata: { name: 'node1' }, spec: { disks: {} } });
    api.put('volumeAttachments', { metadata: { name: 'v' }, spec: { volume: 'v' } });
    const { body } = await act('attach', { hostId: 'node1', attachmentID: 'ui' });
    expect(body.volumeAttachment.attachments).toMatchObject({
      ui: { nodeID: 'node1', attachmentType: 'longhorn-api', satisfied: false },
    });
    await act('detach', { attachmentID: 'ui' });
    expect(api.datastore.volumeAttachments.get('v')?.spec.attachmentTickets).toEqual({});
  });
});
