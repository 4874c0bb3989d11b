import { expect, test } from 'vitest';
import { belongsTo } from '../../../../e2e/suite/steps/evidence/keep.ts';
import { nothingMade } from '../../../../e2e/suite/steps/made.ts';

const made = {
  ...nothingMade(),
  volumes: ['corral-a-volume'],
  snapshots: ['corral-a-snapshot'],
  backups: ['corral-a-backup'],
  jobs: ['corral-a-job'],
  written: [{ volume: 'corral-a-old', backup: 'corral-a-written' }],
};
const belongs = belongsTo({ made, target: 'corral-a-target', store: 'corral-a-store' });

const job = { 'recurring-job.longhorn.io': 'corral-a-job' };

test.each<[resource: string, mine: Record<string, unknown>, theirs: Record<string, unknown>]>([
  ['volumes', { metadata: { name: 'corral-a-volume' } }, { metadata: { name: 'corral-b-volume' } }],
  ['volumes', { metadata: { name: 'corral-a-old' } }, { metadata: { name: 'corral-a' } }],
  [
    'volumeattachments',
    { metadata: { name: 'x' }, spec: { volume: 'corral-a-volume' } },
    { metadata: { name: 'x' }, spec: { volume: 'y' } },
  ],
  [
    'snapshots',
    { metadata: { name: 'corral-a-snapshot' }, spec: {} },
    { metadata: { name: 'corral-b-snapshot' }, spec: {} },
  ],
  [
    'snapshots',
    { metadata: { name: 'of-a-job' }, spec: { volume: 'corral-a-volume' } },
    { metadata: { name: 'of-a-job' }, spec: { volume: 'y' } },
  ],
  ['backups', { metadata: { name: 'corral-a-backup' } }, { metadata: { name: 'corral-b-backup' } }],
  ['backups', { metadata: { name: 'corral-a-written' } }, { metadata: { name: 'b', labels: {} } }],
  [
    'backups',
    { metadata: { name: 'b', labels: { 'backup-volume': 'corral-a-volume' } } },
    { metadata: { name: 'b', labels: { 'backup-volume': 'y' } } },
  ],
  [
    'backupvolumes',
    { metadata: { name: 'x', labels: { 'backup-volume': 'corral-a-volume' } } },
    { metadata: { name: 'corral-a-volume' } },
  ],
  [
    'backupvolumes',
    { metadata: { name: 'x' }, spec: { volumeName: 'corral-a-old' } },
    { metadata: { name: 'x' }, spec: { volumeName: 'y' } },
  ],
  ['backuptargets', { metadata: { name: 'corral-a-target' } }, { metadata: { name: 'default' } }],
  ['recurringjobs', { metadata: { name: 'corral-a-job' } }, { metadata: { name: 'corral-b-job' } }],
  ['cronjobs', { metadata: { name: 'corral-a-job' } }, { metadata: { name: 'corral-b-job' } }],
  [
    'jobs',
    { metadata: { name: 'j', ownerReferences: [{ name: 'corral-a-job' }] } },
    { metadata: { name: 'j' } },
  ],
  [
    'pods',
    { metadata: { name: 'p', labels: job } },
    { metadata: { name: 'p', labels: { ...job, 'recurring-job.longhorn.io': 'corral-b-job' } } },
  ],
  [
    'pods',
    { metadata: { name: 'p', labels: { app: 'longhorn-manager' } } },
    { metadata: { name: 'p', labels: { app: 'longhorn-ui' } } },
  ],
  [
    'pods',
    { metadata: { name: 'backupstore-x', namespace: 'corral-a-store' } },
    { metadata: { name: 'backupstore-x', namespace: 'corral-b-store' } },
  ],
  [
    'events',
    { metadata: { name: 'e' }, involvedObject: { name: 'corral-a-job' } },
    { metadata: { name: 'e' }, involvedObject: { name: 'x' } },
  ],
  ['namespaces', { metadata: { name: 'corral-a-store' } }, { metadata: { name: 'longhorn-system' } }],
])('of %s only its own concern a scenario', (resource, mine, theirs) => {
  expect(belongs(resource, mine as never)).toBe(true);
  expect(belongs(resource, theirs as never)).toBe(false);
});

test('what is made later concerns it as well, and what nobody knows does not', () => {
  const growing = nothingMade();
  const isMine = belongsTo({ made: growing, target: 't', store: 's' });
  const volume = { metadata: { name: 'corral-a-volume' } };
  expect(isMine('volumes', volume)).toBe(false);
  growing.volumes.push('corral-a-volume');
  expect(isMine('volumes', volume)).toBe(true);
  expect(isMine('secrets', volume)).toBe(false);
});
