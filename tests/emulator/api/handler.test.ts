import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { backup, backupVolume, recorded, volume } from './support/objects.ts';
import { startTestApi, type TestApi } from './support/server.ts';

let api: TestApi;
beforeEach(async () => {
  api = await startTestApi();
});
afterEach(() => api.stop());

describe('the answers', () => {
  test('are collections sorted by name, with links by the name the request came by', async () => {
    for (const name of ['v2', 'v1']) api.put('volumes', volume(name));
    const { body } = await api.call('GET /v1/volumes');
    expect(body).toMatchObject({
      type: 'collection',
      resourceType: 'volume',
      links: { self: `http://${api.host}/v1/volumes` },
    });
    expect(body.data.map(({ id }: { id: string }) => id)).toEqual(['v1', 'v2']);
    expect(body.data[0].links).toEqual({ self: `http://${api.host}/v1/volumes/v1` });
    expect(body.data[0].actions.snapshotBackup).toBe(
      `http://${api.host}/v1/volumes/v1?action=snapshotBackup`,
    );
    expect((await api.call(`POST /v1/volumes/v1?action=snapshotCRList`)).body).toMatchObject({ data: [] });
  });

  test('about backup volumes carry the address of the pod, as after being handed on', async () => {
    api.put('backupVolumes', backupVolume('bv', { of: 'v' }));
    const { body } = await api.call('GET /v1/backupvolumes/bv');
    expect(body.actions.backupDelete).toBe('http://10.0.0.1:9500/v1/backupvolumes/bv?action=backupDelete');
  });

  test('name the schemas, and those the collections, from which clients start', async () => {
    const first = await api.call('GET /v1');
    expect(first.body).toMatchObject({
      id: 'v1',
      type: 'apiVersion',
      links: { backupvolumes: `http://${api.host}/v1/backupvolumes` },
    });
    const schemas = first.headers.get('x-api-schemas') ?? '';
    const { body } = await api.call(`GET ${new URL(schemas).pathname}`);
    const settings = body.data.find(({ id }: { id: string }) => id === 'setting');
    expect(settings).toMatchObject({
      resourceMethods: ['GET', 'PUT'],
      links: { collection: `http://${api.host}/v1/settings` },
    });
  });

  test('to a backup volume without a name is the list, on which no action is to be had', async () => {
    const { status, headers } = await api.call('GET /v1/backupvolumes/');
    expect([status, headers.get('location')]).toEqual([301, '/v1/backupvolumes']);
    const { body } = await api.call('GET /v1/backupvolumes');
    expect(body).toEqual({
      type: 'collection',
      resourceType: 'backupVolume',
      links: { self: 'http://10.0.0.1:9500/v1/backupvolumes' },
      data: [],
    });
  });

  test.each([
    ['backingimages', 'backingImage', "failed to get backing image 'none'"],
    ['backupbackingimages', 'backupBackingImage', "failed to get backup backing image 'none'"],
  ])(
    'know that there are %s, and none of them, as the user interface asks on each page',
    async (path, type, failed) => {
      const { status, body } = await api.call(`GET /v1/${path}`);
      const links = { self: `http://${api.host}/v1/${path}` };
      expect([status, body]).toEqual([200, { type: 'collection', resourceType: type, links, data: [] }]);
      const none = await api.call(`GET /v1/${path}/none`);
      expect([none.status, none.body.message]).toEqual([
        404,
        `${failed}: ${path.slice(0, -1)}.longhorn.io "none" not found`,
      ]);
    },
  );

  test('to a volume that is not there is a 404 without a body, and to a backup volume its name alone', async () => {
    expect(await api.call('GET /v1/volumes/none')).toMatchObject({ status: 404, body: undefined });
    expect(await api.call('GET /v1/backupvolumes/none')).toMatchObject({
      status: 200,
      body: { id: 'none', volumeName: '' },
    });
  });

  test('to anything else that is not there say what was looked for', async () => {
    const { status, body } = await api.call('GET /v1/settings/none');
    expect(status).toBe(404);
    expect(body).toMatchObject({ type: 'error', status: 404, code: 'Not Found', detail: '' });
    expect(body.message).toBe('failed to get setting none: setting.longhorn.io "none" not found');
  });

  test.each([
    'GET /v1/backups',
    'POST /v1/volumes',
    'POST /v1/volumes/v?action=snapshotPurge',
    'GET /v2/volumes',
    'PATCH /v1/volumes',
  ])('to %s is that it is not emulated', async (request) => {
    const { status, body } = await api.call(request, request.startsWith('GET') ? undefined : {});
    expect([status, body.message]).toEqual([501, `not emulated: ${request}`]);
  });

  test.each([
    ['no JSON', '{', 500],
    ['no object', '[]', 500],
    ['a name that is no text', '{"name":1}', 500],
    ['labels that are no texts', '{"labels":{"a":1}}', 500],
    ['more than a mebibyte', `{"name":"${'a'.repeat(1 << 20)}"}`, 500],
  ])('to %s is an error', async (_, text, expected) => {
    api.put('volumes', volume('v'));
    const { status, body } = await api.call('POST /v1/volumes/v?action=snapshotCRCreate', text);
    expect([status, body.type]).toEqual([expected, 'error']);
    expect(api.datastore.snapshots.list()).toEqual([]);
  });

  test('to a path that is none is a 400, and the server lives on', async () => {
    expect((await api.call('GET /v1/volumes/%')).status).toBe(400);
    expect((await api.call('GET /v1/volumes')).status).toBe(200);
  });
});

describe('what is shown', () => {
  test('of a real backup is what Longhorn shows of it', async () => {
    api.put('backupVolumes', backupVolume('bv', { of: 'vz-r' }));
    const real = recorded('backups') as ReturnType<typeof backup> & { status: Record<string, unknown> };
    api.put('backups', real);
    const { body } = await api.call('POST /v1/backupvolumes/bv?action=backupList');
    const { links, actions, ...own } = body.data[0];
    expect(links.self).toBe(`http://10.0.0.1:9500/v1/backups/${real.metadata.name}`);
    expect(actions).toEqual({});
    expect(own).toMatchObject({
      id: real.metadata.name,
      state: 'Completed',
      error: '',
      snapshotName: real.spec.snapshotName,
      created: real.status.backupCreatedAt,
      volumeName: 'vz-r',
      backupTargetName: 'default',
      blockSize: '2097152',
      newlyUploadDataSize: real.status.newlyUploadDataSize,
      labels: { RecurringJob: 'rj-e2e', 'longhorn.io/volume-access-mode': 'rwo' },
    });
  });

  test('of a backup that is not complete has volume and target from its labels', async () => {
    api.put('backupVolumes', backupVolume('bv', { of: 'v', target: 't' }));
    api.put('backups', backup('b', { of: 'v', target: 't', state: 'Pending', messages: { info: 'Wait' } }));
    const { body } = await api.call('POST /v1/backupvolumes/bv?action=backupGet', { name: 'b' });
    expect(body).toMatchObject({
      volumeName: 'v',
      backupTargetName: 't',
      snapshotName: 's-of-b',
      messages: { info: 'Wait' },
    });
  });

  test('of a volume are the states of all backups on its own target', async () => {
    api.put('volumes', volume('v', { target: 't' }));
    api.put(
      'backups',
      backup('b2', { of: 'v', target: 't', state: 'InProgress', progress: 40, snapshotName: 's2' }),
    );
    api.put('backups', backup('b1', { of: 'v', target: 't', state: 'Error', error: 'no' }));
    api.put('backups', backup('b3', { of: 'v', target: 'default' }));
    const { body } = await api.call('GET /v1/volumes/v');
    expect(body.backupStatus).toMatchObject([
      { id: 'b1', state: 'Error', error: 'no' },
      { id: 'b2', state: 'InProgress', progress: 40, snapshot: 's2' },
    ]);
    expect(body).toMatchObject({
      created: '2026-11-20 08:23:54 +0000 UTC',
      controllers: [{ hostId: 'node1', running: true }],
    });
  });

  test('of a faulted volume are no actions but on its attachment', async () => {
    const healthy = volume('v');
    api.put('volumes', { ...healthy, status: { ...healthy.status, robustness: 'faulted' } });
    const { body } = await api.call('GET /v1/volumes/v');
    expect([body.ready, Object.keys(body.actions)]).toEqual([false, ['attach', 'detach']]);
  });

  test('of a target is why it is not available', async () => {
    const conditions = [{ type: 'Unavailable', status: 'True', message: 'no such host' }];
    const spec = { backupTargetURL: 'nfs://x:/y', credentialSecret: '', pollInterval: '5m0s' };
    api.put('backupTargets', { metadata: { name: 't' }, spec, status: { available: false, conditions } });
    expect((await api.call('GET /v1/backuptargets/t')).body).toMatchObject({
      available: false,
      message: 'no such host',
      ...spec,
    });
  });
});
