import { expect, test } from 'vitest';
import { keptOtherwise, lossesSince, takeInventory } from '../../../../e2e/suite/steps/upgrade/kept.ts';
import { stubCluster } from '../../../support/stub-cluster.ts';

const ofRun = 'corral-abc123-v';
const objects = {
  backups: {
    metadata: { name: 'b', uid: '1', labels: { 'backup-volume': ofRun } },
    spec: { snapshotName: 's', labels: null },
    status: { state: 'Completed', size: '42', ownerID: 'node1', messages: { a: '' } },
  },
  recurringjobs: {
    metadata: { name: 'j', uid: '2' },
    spec: { cron: '0 0 1 1 *', groups: [ofRun], retentionPolicy: '' },
  },
  volumes: {
    metadata: { name: 'v', uid: '3' },
    spec: { Standby: true, of: ofRun },
    status: { state: 'attached', robustness: 'healthy' },
  },
};
type Objects = Record<keyof typeof objects, object | undefined>;

const clusterWith = (changed: Partial<Objects> = {}) => {
  const all: Record<string, object | undefined> = { ...objects, ...changed };
  return {
    ...stubCluster(),
    list: async ({ plural }: { plural: string }) => ({ items: [all[plural]].filter(Boolean) }) as never,
  };
};

const backup = objects.backups;
const policy = (retentionPolicy: string) => ({
  ...objects.recurringjobs,
  spec: { ...objects.recurringjobs.spec, retentionPolicy },
});

test.for<[string, Partial<Objects>, string[]]>([
  ['nothing', {}, []],
  ['its owner', { backups: { ...backup, status: { ...backup.status, ownerID: 'node2' } } }, []],
  ['a new field', { backups: { ...backup, spec: { ...backup.spec, labels: {}, mode: 'x' } } }, []],
  ['an empty field', { recurringjobs: policy('count-based') }, []],
  [
    'a field of its status',
    { backups: { ...backup, status: { ...backup.status, size: '0' } } },
    ['backups b: status.size was "42", and is "0"'],
  ],
  [
    'a label',
    { backups: { ...backup, metadata: { name: 'b', uid: '1' } } },
    ['backups b: labels.backup-volume was "corral-abc123-v", and is nothing'],
  ],
  [
    'a list',
    { recurringjobs: { ...objects.recurringjobs, spec: { ...objects.recurringjobs.spec, groups: [] } } },
    ['recurringjobs j: spec.groups was ["corral-abc123-v"], and is []'],
  ],
  [
    'a flag',
    { volumes: { ...objects.volumes, spec: { Standby: false, of: ofRun } } },
    ['volumes v: spec.Standby was true, and is false'],
  ],
  ['its being there', { backups: undefined }, ['backups b is gone']],
  [
    'its being kept',
    { backups: { ...backup, metadata: { ...backup.metadata, deletionTimestamp: 'x' } } },
    ['backups b is gone'],
  ],
  [
    'its identity',
    { backups: { ...backup, metadata: { ...backup.metadata, uid: '9' } } },
    ['backups b was deleted and made again'],
  ],
])('what an upgrade has not kept is named: %s', async ([, changed, losses]) => {
  const before = await takeInventory({ cluster: clusterWith(), run: 'abc123' });
  expect(await lossesSince(clusterWith(changed), before)).toEqual(losses);
  expect(await takeInventory({ cluster: clusterWith(), run: 'other1' })).toEqual([]);
});

test.for<[string, string, string[]]>([
  ['', 'count-based', []],
  ['', 'age-based', ['the policy of j is age-based']],
  ['', '', ['the policy of j is not there']],
  ['age-based', 'age-based', []],
])('a recurring job with the policy "%s" may have "%s" after an upgrade', async ([was, is, problems]) => {
  const before = await takeInventory({ cluster: clusterWith({ recurringjobs: policy(was) }), run: 'abc123' });
  expect(await keptOtherwise(clusterWith({ recurringjobs: policy(is) }), before)).toEqual(problems);
});
