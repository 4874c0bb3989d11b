import { expect, test } from 'vitest';
import type { RunningStore } from '../../../../e2e/store/driver.ts';
import type { TargetHandle } from '../../../../e2e/suite/steps/handles.ts';
import { bindSteps } from '../../../../e2e/suite/steps/subjects.ts';
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
