import { expect, test } from 'vitest';
import type { RunningStore } from '../../../../e2e/store/driver.ts';
import type { TargetHandle } from '../../../../e2e/suite/steps/handles.ts';
import { bindSteps } from '../../../../e2e/suite/steps/subjects.ts';
import { wrongDefaults, wrongOptions } from '../../../../e2e/suite/steps/target/mounts.ts';
import { createTestContext, emptyTimelines } from '../../../support/test-context.ts';
import { handleOf } from '../recordings.ts';

type Labels = Record<string, string>;
type Found = { stored?: string[]; known?: Labels; volume?: Labels };

/** The step on a scenario with two backup targets, and what there is of the volume on the other one. */
const setUp = ({ stored = [], known, volume }: Found = {}) => {
  const target = (name: string, backups: string[]): TargetHandle => ({
    name,
    store: { backups: async () => backups } as unknown as RunningStore,
  });
  const [own, other] = [target('default', ['b']), target('other', stored)];
  const timelines = emptyTimelines();
  const at = { kind: 'modified' as const, at: 1 };
  const labels = { 'backup-volume': 'v', 'backup-target': 'default' };
  const spec = { snapshotName: 's' };
  timelines.backups.push({ ...at, object: { metadata: { name: 'b', labels }, spec } });
  if (known) timelines.backups.push({ ...at, object: { metadata: { name: 'c', labels: known }, spec } });
  if (volume) timelines.backupVolumes.push({ ...at, object: { metadata: { name: 'bv', labels: volume } } });
  const { context } = createTestContext({ timelines, own: { targets: [own, other] } });
  const backup = handleOf('b', 'the first backup', {
    volume: { name: 'v', target: own, node: 'node1', size: 1 },
  });
  return bindSteps(context).then.onlyOnItsTarget(backup);
};

const elsewhere = { 'backup-volume': 'v', 'backup-target': 'other' };

test('a backup is on its own target alone where the other one has nothing of its volume', async () => {
  await setUp();
  await setUp({ known: { ...elsewhere, 'backup-volume': 'w' } });
});

test.for<[string, Found, string]>([
  ['Longhorn has a backup', { known: elsewhere }, 'Longhorn has c on backup target other'],
  ['Longhorn has the volume', { volume: elsewhere }, 'Longhorn has bv on backup target other'],
  ['the store has a backup', { stored: ['b'] }, 'the store of backup target other has b'],
])('it is not where on the other target %s', async ([, found, problem]) => {
  await expect(setUp(found)).rejects.toThrow(`backup b is not on backup target default alone:\n- ${problem}`);
});

const wanted = ['nfsvers=4.1', 'timeo=450', 'soft', 'retry=2'];
const url = 'nfs://a:/b?nfsOptions=nfsvers%3D4.1%2Ctimeo%3D450%2Csoft%2Cretry%3D2';
const mount = 'rw,relatime,vers=4.1,rsize=1048576,soft,proto=tcp,timeo=450,retrans=2';

test('options that a URL and each mount have', () => {
  expect(wrongOptions(wanted, { url, mounts: [mount, mount] })).toEqual([]);
});

test('options that are missing, in the URL or in a mount, and those of Longhorn beside them', () => {
  const usual = 'rw,vers=4.2,soft,timeo=300,acregmin=1';
  expect(wrongOptions(wanted, { url: 'nfs://a:/b?nfsOptions=hard', mounts: [mount, usual] })).toEqual([
    'its URL has hard, not nfsvers=4.1,timeo=450,soft,retry=2',
    `a mount has no vers=4.1: ${usual}`,
    `a mount has no timeo=450: ${usual}`,
    `a mount has acregmin=1 too: ${usual}`,
  ]);
  expect(wrongOptions(wanted, { url, mounts: [] })).toEqual(['no longhorn-manager has mounted it']);
});

test('the default options, by NFS 4', () => {
  const usual = 'rw,vers=4.2,acregmin=1,acregmax=1,acdirmin=1,acdirmax=1,soft,timeo=300,retrans=2';
  expect(wrongDefaults([usual])).toEqual([]);
  const other = 'rw,vers=3,acregmin=1,acregmax=1,acdirmin=1,acdirmax=1,hard,timeo=300';
  expect(wrongDefaults([usual, other])).toEqual([
    `a mount has no soft: ${other}`,
    `a mount is not of version 4: ${other}`,
  ]);
  expect(wrongDefaults([])).toEqual(['no longhorn-manager has mounted it']);
});
