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

const named = (name: string, more: object = {}) => ({ metadata: { name, ...more } });
const labelled = (labels: object) => named('x', { labels });
const ofVolume = (volume: string) => ({ ...named('x'), spec: { volume } });

test.each<[resource: string, mine: object, theirs: object]>([
  ['volumes', named('corral-a-volume'), named('corral-b-volume')],
  ['volumes', named('corral-a-old'), named('corral-a')],
  ['volumeattachments', ofVolume('corral-a-volume'), ofVolume('y')],
  ['snapshots', { ...named('corral-a-snapshot'), spec: {} }, { ...named('corral-b-snapshot'), spec: {} }],
  ['snapshots', ofVolume('corral-a-volume'), ofVolume('y')],
  ['backups', named('corral-a-backup'), named('corral-b-backup')],
  ['backups', named('corral-a-written'), labelled({})],
  ['backups', labelled({ 'backup-volume': 'corral-a-volume' }), labelled({ 'backup-volume': 'y' })],
  ['backupvolumes', labelled({ 'backup-volume': 'corral-a-volume' }), named('corral-a-volume')],
  [
    'backupvolumes',
    { ...named('x'), spec: { volumeName: 'corral-a-old' } },
    { ...named('x'), spec: { volumeName: 'y' } },
  ],
  ['backuptargets', named('corral-a-target'), named('default')],
  ['recurringjobs', named('corral-a-job'), named('corral-b-job')],
  ['cronjobs', named('corral-a-job'), named('corral-b-job')],
  ['jobs', named('j', { ownerReferences: [{ name: 'corral-a-job' }] }), named('j')],
  [
    'pods',
    labelled({ 'recurring-job.longhorn.io': 'corral-a-job' }),
    labelled({ 'recurring-job.longhorn.io': 'corral-b-job' }),
  ],
  ['pods', labelled({ app: 'longhorn-manager' }), labelled({ app: 'longhorn-ui' })],
  ['pods', named('x', { namespace: 'corral-a-store' }), named('x', { namespace: 'corral-b-store' })],
  [
    'events',
    { ...named('e'), involvedObject: { name: 'corral-a-job' } },
    { ...named('e'), involvedObject: { name: 'x' } },
  ],
  ['namespaces', named('corral-a-store'), named('corral-b-store')],
])('of %s only its own concern a scenario', (resource, mine, theirs) => {
  expect(belongs(resource, mine as never)).toBe(true);
  expect(belongs(resource, theirs as never)).toBe(false);
});

test('what is made later concerns it as well, and what nobody knows does not', () => {
  const growing = nothingMade();
  const isMine = belongsTo({ made: growing, target: 't', store: 's' });
  const volume = named('corral-a-volume');
  expect(isMine('volumes', volume)).toBe(false);
  growing.volumes.push('corral-a-volume');
  expect(isMine('volumes', volume)).toBe(true);
  expect(isMine('secrets', volume)).toBe(false);
});
