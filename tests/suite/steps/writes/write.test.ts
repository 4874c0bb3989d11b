import { expect, test } from 'vitest';
import { describeWrite } from '../../../../e2e/suite/steps/writes/write.ts';

const names = new Map([
  ['corral-abc123-volume-11111111', 'the volume'],
  ['backup-76cec20ff364dc21', 'the first backup'],
]);
const under = '/apis/longhorn.io/v1beta2/namespaces/longhorn-system';

const write = (verb: string, path: string, object: object, before?: object) =>
  describeWrite(
    { id: 1, verb, path: `${under}/${path}`, object: { ...object }, before: { ...before } },
    names,
  );

test('a write is named by verb, resource, the display name of its object, and what changes', () => {
  const before = { status: { state: 'InProgress', progress: 3, url: '' } };
  const after = { status: { state: 'Completed', progress: 100, url: 'nfs://x' } };
  expect(write('PUT', 'backups/backup-76cec20ff364dc21/status', after, before)).toBe(
    'update backups/status the first backup: state="Completed", url',
  );
});

test('names that chance made are the same in each run', () => {
  const object = { metadata: { name: 'corral-abc123-volume-11111111-896540b6' } };
  expect(write('POST', 'backupvolumes', object)).toBe('create backupvolumes the volume (-*)');
  const other = { metadata: { name: 'backup-aaaabbbbccccdddd' } };
  expect(write('DELETE', 'backups/backup-aaaabbbbccccdddd', other)).toBe('delete backups backup-*');
  const taken = 'corral-a-c-074fb86b-fa31-48de-a124-6038a3193667';
  expect(write('DELETE', `snapshots/${taken}`, { metadata: { name: taken } })).toBe(
    'delete snapshots corral-*-c-*',
  );
  const attached = { status: { state: 'attached', currentNodeID: 'node3' } };
  expect(write('PUT', 'volumes/corral-abc123-volume-11111111/status', attached, {})).toBe(
    'update volumes/status the volume: currentNodeID="a node", state="attached"',
  );
});

test.each([
  ['how far it has come', { status: { progress: 40 } }, { status: { progress: 20 } }],
  ['a time', { status: { lastSyncedAt: '2026-11-26T09:00:01Z' } }, { status: { lastSyncedAt: null } }],
  ['nothing', { status: { state: 'InProgress' } }, { status: { state: 'InProgress' } }],
  ['what is empty either way', { status: { error: '' } }, { status: {} }],
])('a write of %s means nothing', (_, after, before) => {
  expect(write('PUT', 'backups/backup-76cec20ff364dc21/status', after, before)).toBeUndefined();
});

test('a write of the status says nothing of the spec, and the other way round', () => {
  const before = { spec: { a: 1 }, status: { state: 'Pending' }, metadata: { finalizers: [] } };
  const after = { spec: { a: 2 }, status: { state: '' }, metadata: { finalizers: ['longhorn.io'] } };
  expect(write('PUT', 'backups/backup-76cec20ff364dc21', after, before)).toBe(
    'update backups the first backup: a, finalizers=["longhorn.io"]',
  );
});

test('a patch changes what it says, and nothing else', () => {
  const before = {
    spec: { a: 1 },
    status: { state: 'x' },
    metadata: { finalizers: ['longhorn.io'], labels: { b: 'c' } },
  };
  const after = { metadata: { finalizers: null } };
  expect(write('PATCH', 'backups/backup-76cec20ff364dc21', after, before)).toBe(
    'patch backups the first backup: finalizers=null',
  );
});

test('what a field is named by chance is left out as well, and so is the id of a run', () => {
  const ticket = { id: 'x' };
  const after = { spec: { attachmentTickets: { 'backup-controller-backup-7eebdfd8985c32ca': ticket } } };
  const attachment = 'volumeattachments/corral-abc123-volume-11111111';
  expect(write('PATCH', attachment, after, { spec: { attachmentTickets: {} } })).toBe(
    'patch volumeattachments the volume: attachmentTickets.backup-controller-backup-*.id',
  );
  const snapshot = { spec: { volume: 'v' } };
  expect(write('PUT', 'snapshots/corral-abc123-snapshot-22222222', snapshot, { spec: {} })).toBe(
    'update snapshots corral-*-snapshot-*: volume',
  );
});
