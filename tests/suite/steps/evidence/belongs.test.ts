import { expect, test } from 'vitest';
import { nothingCreated } from '../../../../e2e/suite/steps/created-objects.ts';
import { belongsTo } from '../../../../e2e/suite/steps/evidence/keep.ts';
import type { RemoveWhenIdle } from '../../../../e2e/suite/steps/remove-when-idle.ts';
import { aTarget } from '../../../support/test-context.ts';

const removeWhenIdle: RemoveWhenIdle = (_, take) => take();

/** An object of a scenario named a or b, of which only the first is judged. */
const made = { ...nothingCreated(), snapshots: ['a-snapshot'], backups: ['a-backup'], jobs: ['a-job'] };
made.written.push({ volume: 'a-old', backup: 'a-written' });
const isMine = belongsTo({
  made,
  own: {
    targets: [{ ...aTarget, name: 'a-target' }],
    stores: [{ place: { namespace: 'a-store' }, removeWhenIdle }],
  },
});

const named = (name: string, more: object = {}) => ({ metadata: { name, ...more }, spec: {} });
const labelled = (label: string) => (name: string) => named('x', { labels: { [label]: name } });
const spec = (field: string) => (name: string) => ({ ...named('x'), spec: { [field]: name } });
const ownedBy = (name: string) => named('x', { ownerReferences: [{ name }] });
const about = (name: string) => ({ ...named('x'), involvedObject: { name } });
const within = (namespace: string) => named('x', { namespace });

test.each<[resource: string, make: (name: string) => object, mine: string, theirs: string]>([
  ['volumes', named, 'a-volume', 'b-volume'],
  ['volumes', named, 'a-old', 'a'],
  ['volumeattachments', spec('volume'), 'a-volume', 'b-volume'],
  ['snapshots', named, 'a-snapshot', 'b-snapshot'],
  ['snapshots', spec('volume'), 'a-volume', 'b-volume'],
  ['backups', named, 'a-backup', 'b-backup'],
  ['backups', named, 'a-written', 'b-written'],
  ['backups', labelled('backup-volume'), 'a-volume', 'b-volume'],
  ['backupvolumes', labelled('backup-volume'), 'a-volume', 'b-volume'],
  ['backupvolumes', spec('volumeName'), 'a-old', 'b-old'],
  ['backuptargets', named, 'a-target', 'default'],
  ['recurringjobs', named, 'a-job', 'b-job'],
  ['cronjobs', named, 'a-job', 'b-job'],
  ['jobs', ownedBy, 'a-job', 'b-job'],
  ['pods', labelled('recurring-job.longhorn.io'), 'a-job', 'b-job'],
  ['pods', labelled('app'), 'longhorn-manager', 'longhorn-ui'],
  ['pods', within, 'a-store', 'b-store'],
  ['events', about, 'a-job', 'b-job'],
  ['namespaces', named, 'a-store', 'b-store'],
])('of %s only its own concern a scenario, also what is made later', (resource, make, mine, theirs) => {
  if (!made.volumes.includes('a-volume')) {
    expect(isMine('volumes', named('a-volume'))).toBe(false);
    made.volumes.push('a-volume');
  }
  expect([mine, theirs].map((name) => isMine(resource, make(name) as never))).toEqual([true, false]);
  expect(isMine('secrets', make(mine) as never)).toBe(false);
});
