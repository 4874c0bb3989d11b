import { expect, test } from 'vitest';
import type { BackupTarget, Volume, VolumeAttachment } from '../../../e2e/longhorn/types.ts';
import { bindSteps } from '../../../e2e/suite/steps/subjects.ts';
import { stubCluster } from '../../support/stub-cluster.ts';
import { aTarget, briefly, createTestContext, emptyTimelines } from '../../support/test-context.ts';
import { handleOf } from './recordings.ts';

const volume = { name: 'v', target: aTarget, node: 'node1', size: 64 };
const backup = handleOf('b', 'the first backup', { volume });
const at = { kind: 'modified' as const, at: 1 };

/** The steps on a Longhorn whose objects a test pushes, and whose API server answers dry runs so. */
const setUp = (answer: { status: number; text: string } = { status: 200, text: '' }) => {
  const timelines = emptyTimelines();
  const cluster = stubCluster();
  cluster.request = async () => new Response(answer.text, { status: answer.status });
  const { context } = createTestContext({ cluster, timelines, timeouts: briefly });
  const setStatus = (status: NonNullable<Volume['status']>): void => {
    timelines.volumes.push({
      ...at,
      object: { metadata: { name: 'v' }, spec: { size: '64' }, status },
    });
  };
  const isTarget = (name: string, spec: BackupTarget['spec'], status: BackupTarget['status'] = {}): void => {
    timelines.backupTargets.push({ ...at, object: { metadata: { name }, spec, status } });
  };
  const reports = (state: string, kind: 'modified' | 'deleted' = 'modified'): void => {
    const object = { metadata: { name: 'b' }, spec: { snapshotName: 's' }, status: { state } };
    timelines.backups.push({ ...at, kind, object });
  };
  const wants = (tickets: object): void => {
    const object = { metadata: { name: 'v' }, spec: { attachmentTickets: tickets as never } };
    timelines.attachments.push({ ...at, object });
  };
  const patched: object[] = [];
  const hooks: { patched?: () => void } = {};
  cluster.patch = async (_resource, _object, body) => {
    patched.push(body);
    hooks.patched?.();
    return {} as never;
  };
  return { ...bindSteps(context), setStatus, isTarget, reports, wants, timelines, patched, hooks };
};

test('a volume has no last backup once it names none', async () => {
  const { then, setStatus } = setUp();
  setStatus({ state: 'attached', lastBackup: 'b', lastBackupAt: 'x' });
  await expect(then.noLastBackup(volume)).rejects.toThrow('last backup b');
  setStatus({ state: 'attached', lastBackup: '', lastBackupAt: '' });
  await then.noLastBackup(volume);
});

test.for([
  ['v', 'Warning', 'backup target store is deleted', true],
  ['store', 'Warning', 'store is deleted, and v has it', true],
  ['v', 'Normal', 'backup target store is deleted', false],
  ['v', 'Warning', 'the volume is degraded', false],
  ['w', 'Warning', 'backup target store is deleted', false],
] as const)(
  'the loss of a backup target is said by an event: %s, %s, %s',
  async ([name, type, message, is]) => {
    const metadata = { name: 'e', namespace: 'longhorn-system' };
    const events = [{ metadata, type, message, involvedObject: { name } }];
    const { context } = createTestContext({ cluster: stubCluster({ objects: { events } }) });
    const said = bindSteps(context).then.lossOfTargetSaid({
      ...volume,
      target: { ...aTarget, name: 'store' },
    });
    if (is) await said;
    else
      await expect(said).rejects.toMatchObject({
        seen: { kind: 'Volume', name: 'v', state: 'without a warning' },
      });
  },
);

test('a backup is kept where it comes to Completed, and does not go', async () => {
  for (const [end, kept] of [
    ['modified', true],
    ['deleted', false],
  ] as const) {
    const { then, reports } = setUp();
    for (const state of ['', 'Pending', 'InProgress', 'Completed']) reports(state);
    reports('Completed', end);
    const judged = then.completedForGood(backup);
    await (kept ? judged : expect(judged).rejects.toThrow('gone'));
  }
});

test('the default backup target is alone, has no URL, and says so', async () => {
  const condition = { type: 'Unavailable', status: 'True', message: 'backup target URL is empty' };
  const status = { available: false, conditions: [condition] };
  const { then, isTarget } = setUp();
  await expect(then.defaultTargetUnset()).rejects.toThrow('Longhorn has a backup target default');
  isTarget('default', { backupTargetURL: '' }, { ...status, conditions: [] });
  await expect(then.defaultTargetUnset()).rejects.toThrow('no URL, not available');
  const unset = { backupTargetURL: '', pollInterval: '5m0s' };
  isTarget('default', { ...unset, pollInterval: '0s' }, status);
  await expect(then.defaultTargetUnset()).rejects.toThrow('0s, not 5m0s');
  isTarget('default', unset, status);
  await then.defaultTargetUnset();
  isTarget('default', { backupTargetURL: 'nfs://x' }, { available: true });
  await expect(then.defaultTargetUnset()).rejects.toThrow('nfs://x, available');
  isTarget('default', unset, status);
  isTarget('other', { backupTargetURL: 'nfs://x' });
  await expect(then.defaultTargetUnset()).rejects.toThrow('default, other, not default alone');
});

test('a negative poll interval is refused, means no polls, or syncs without a pause; it is never left', async () => {
  const refused = setUp({ status: 422, text: '{"kind":"Status","message":"negative"}' });
  await refused.then.negativePollRefused(aTarget);
  expect(refused.patched).toEqual([]);

  const unpolled = setUp({ status: 200, text: '{}' });
  await expect(unpolled.then.negativePollRefused(aTarget)).rejects.toThrow('accepted, and 0 syncs were seen');

  const polled = setUp({ status: 200, text: '{}' });
  polled.hooks.patched = () =>
    setTimeout(() => {
      for (const lastSyncedAt of ['1', '2', '3', '4', '5'])
        polled.isTarget(aTarget.name, { backupTargetURL: '' }, { lastSyncedAt });
    }, 1);
  await expect(polled.then.negativePollRefused(aTarget)).rejects.toMatchObject({
    seen: { kind: 'BackupTarget', state: 'synced without a pause' },
  });
  for (const { patched } of [unpolled, polled])
    expect(patched).toEqual(['-5m0s', '0s'].map((pollInterval) => ({ spec: { pollInterval } })));
});

test('what cannot be is refused, and as what is not valid', async () => {
  const target = { name: 't', store: { url: 'nfs://x', credentialSecret: '' } as never };
  for (const [answer, wrong] of [
    [{ status: 200, text: '{}' }, 'the API server would accept it'],
    [{ status: 403, text: '{"message": "who are you?"}' }, 'it is refused, and not with 422: '],
    [{ status: 500, text: '{"message": "no such webhook"}' }, 'no such webhook'],
  ] as const) {
    const { then } = setUp(answer);
    await expect(then.defaultTargetStays()).rejects.toThrow(wrong);
    await expect(then.sameStoreRefused(target)).rejects.toThrow(wrong);
  }
  const { then } = setUp({ status: 422, text: '{}' });
  await then.defaultTargetStays();
  await then.sameStoreRefused(target);
});

test('a volume is attached for a backup and detached again, and nothing is asked of it any more', async () => {
  const { then, setStatus, wants } = setUp();
  for (const state of ['detached', 'attaching', 'attached', 'detaching']) setStatus({ state });
  await expect(then.attachedMeanwhile(backup)).rejects.toThrow('detaching');
  setStatus({ state: 'detached' });
  await then.attachedMeanwhile(backup);
  wants({});
  await expect(then.attachmentGivenBack(backup)).rejects.toThrow('nobody saw');
  wants({ 'backup-controller-b': { id: 'x', type: 'y', nodeID: 'z' } });
  await expect(then.attachmentGivenBack(backup)).rejects.toThrow('backup-controller-b');
  wants({ 'backup-controller-b': null });
  await then.attachmentGivenBack(backup);
});

test('a ticket of a backup that is left on a volume is reported; those of others are none', async () => {
  const timelines = emptyTimelines();
  const { then } = bindSteps(createTestContext({ timelines, timeouts: briefly }).context);
  const wants = (...types: string[]): void => {
    const tickets = types.map((type) => [type, { id: `${type}-1`, type }]);
    const spec: VolumeAttachment['spec'] = { attachmentTickets: Object.fromEntries(tickets) };
    timelines.attachments.push({ kind: 'modified', at: 1, object: { metadata: { name: 'v' }, spec } });
  };
  wants('longhorn-api', 'backup-controller');
  await expect(then.noTicketLeft(volume)).rejects.toThrow('tickets of backups: backup-controller-1');
  wants('longhorn-api');
  await then.noTicketLeft(volume);
});
