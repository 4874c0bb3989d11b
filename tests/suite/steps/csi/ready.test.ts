import { expect, test } from 'vitest';
import { replayTimeline } from '../../../../e2e/history/replay.ts';
import type { KubernetesObject } from '../../../../e2e/kube/cluster.ts';
import type { Backup } from '../../../../e2e/longhorn/types.ts';
import type { SnapshotClassHandle } from '../../../../e2e/suite/steps/csi/csi.ts';
import { bindSteps } from '../../../../e2e/suite/steps/subjects.ts';
import { stubCluster } from '../../../support/stub-cluster.ts';
import { briefly, createTestContext, emptyTimelines } from '../../../support/test-context.ts';
import { handleOf } from '../recordings.ts';

const backup = handleOf('b1', 'the first backup');
const { volume } = backup;

/** A VolumeSnapshot whose content, if it has a handle, names that one. */
const snapshotOf = (snapshotHandle?: string) => {
  const contents = replayTimeline<KubernetesObject>('volumesnapshotcontents');
  const object = {
    metadata: { name: 'c1' },
    spec: { volumeSnapshotRef: { uid: 'u1' } },
    status: { snapshotHandle },
  };
  contents.push({ kind: 'added', at: 1, object });
  const by: SnapshotClassHandle = { name: 'class', snapshots: replayTimeline('volumesnapshots'), contents };
  return { name: 'vs1', label: 'the VolumeSnapshot', uid: 'u1', by, volume, from: 0 };
};

/** Waits for a VolumeSnapshot of which there is nothing yet, while its backup is in this state. */
const waited = (status: Backup['status']) => {
  const timelines = emptyTimelines();
  timelines.backups.push({
    kind: 'added',
    at: 1,
    object: { metadata: { name: 'b1' }, spec: {}, status } as Backup,
  });
  const { context } = createTestContext({ timelines, timeouts: briefly });
  return bindSteps(context).then.readyWithBackup(snapshotOf(), backup);
};

test('a VolumeSnapshot whose backup is in Error is waited for no longer; one whose backup is under way is', async () => {
  await expect(waited({ state: 'Error', error: 'no space' })).rejects.toThrow(
    /^the first backup is Error \(error "no space"\): it can no longer happen that the VolumeSnapshot is ready to use/,
  );
  await expect(waited({ state: 'InProgress', progress: 5 })).rejects.toThrow(/^timed out after 50 ms/);
});

test('the former backup is the only one of its VolumeSnapshot; another one is named', async () => {
  const look = (...names: string[]) => {
    const backups = names.map((name) => ({
      metadata: { name, namespace: 'longhorn-system' },
      spec: { snapshotName: 'snapshot-u1' },
    }));
    const { context } = createTestContext({ cluster: stubCluster({ objects: { backups } }) });
    return bindSteps(context).then.handleNamesFormer(snapshotOf('bak://v/b1'), backup);
  };
  await look('b1');
  await expect(look('b1', 'b2')).rejects.toThrow(/^another backup was made of the VolumeSnapshot: b2$/);
});
