import { beforeEach, describe, expect, test } from 'vitest';
import { recordedObject } from '../support/recorded.ts';
import { type backup, backupVolume, startTestApi, type TestApi, volume } from '../support/test-api.ts';

let api: TestApi;
beforeEach(async () => {
  api = await startTestApi();
});

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
});
