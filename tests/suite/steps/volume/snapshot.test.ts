import { expect, test } from 'vitest';
import type { ExpectationError } from '../../../../e2e/history/expectation.ts';
import type { Snapshot } from '../../../../e2e/longhorn/types.ts';
import { bindSteps } from '../../../../e2e/suite/steps/subjects.ts';
import { makeSnapshot } from '../../../../e2e/suite/steps/volume/snapshot.ts';
import { stubCluster } from '../../../support/stub-cluster.ts';
import { aTarget, createTestContext, emptyTimelines } from '../../../support/test-context.ts';
import { handleOf } from '../recordings.ts';

const volume = { name: 'v1', target: aTarget, node: 'node1', size: 1 };
const lost = 'lost track of the corresponding snapshot info inside volume engine';
const waits =
  'failed to take snapshot because the volume engine v1-e-0 is not running. Waiting for the volume to be attached';

/** Makes a snapshot that goes through these states. */
const made = (...states: NonNullable<Snapshot['status']>[]) => {
  const timelines = emptyTimelines();
  const show = (body: object | undefined): void => {
    for (const status of states)
      timelines.snapshots.push({ kind: 'modified', at: 1, object: { ...(body as Snapshot), status } });
  };
  const cluster = stubCluster({
    objects: { snapshots: [] },
    onAsk: ({ verb, body }) => verb === 'create' && setImmediate(show, body),
  });
  const { context } = createTestContext({ cluster, timelines, uniqueName: () => 's1' });
  return makeSnapshot(context, volume).catch((error: ExpectationError) => error);
};

test('a snapshot that Longhorn has lost ends the wait at once, by what it says; one whose engine does not run yet is waited for', async () => {
  const { verdict, message } = (await made({ readyToUse: false, error: lost })) as ExpectationError;
  expect(verdict.state).toBe('broken');
  expect(message.split('\n')[0]).toMatch(
    /^Longhorn has lost snapshot s1: lost track of .*: it can no longer happen that snapshot s1 is ready; nearest cause: snapshot s1: lost track of/,
  );
  const waited = await made({ readyToUse: false, error: waits }, { readyToUse: true });
  expect(waited).toEqual({ name: 's1', volume, filled: [] });
});

test('the snapshot of a backup stays, unless it is gone or is being deleted', async () => {
  const backup = handleOf('b1', 'the first backup', { volume });
  const look = (...snapshots: object[]) => {
    const { context } = createTestContext({ cluster: stubCluster({ objects: { snapshots } }) });
    return bindSteps(context).then.snapshotStays(backup);
  };
  const metadata = { name: backup.snapshot.name, namespace: 'longhorn-system' };
  await look({ metadata });
  for (const others of [[], [{ metadata: { ...metadata, deletionTimestamp: 'now' } }]])
    await expect(look(...others)).rejects.toMatchObject({ seen: { kind: 'Snapshot', state: 'deleted' } });
});
