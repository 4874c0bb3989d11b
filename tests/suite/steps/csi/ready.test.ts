import { expect, test } from 'vitest';
import { replayTimeline } from '../../../../e2e/history/replay.ts';
import type { Backup } from '../../../../e2e/longhorn/types.ts';
import type { SnapshotClassHandle } from '../../../../e2e/suite/steps/csi/csi.ts';
import { bindSteps } from '../../../../e2e/suite/steps/subjects.ts';
import { briefly, createTestContext, emptyTimelines } from '../../../support/test-context.ts';
import { handleOf } from '../recordings.ts';

/** Waits for a VolumeSnapshot of which there is nothing yet, while its backup is in this state. */
const waited = (status: Backup['status']) => {
  const timelines = emptyTimelines();
  timelines.backups.push({
    kind: 'added',
    at: 1,
    object: { metadata: { name: 'b1' }, spec: {}, status } as Backup,
  });
  const by: SnapshotClassHandle = {
    name: 'class',
    snapshots: replayTimeline('volumesnapshots'),
    contents: replayTimeline('volumesnapshotcontents'),
  };
  const backup = handleOf('b1', 'the first backup');
  const { volume } = backup;
  const snapshot = { name: 'vs1', label: 'the VolumeSnapshot', uid: 'u1', by, volume, from: 0 };
  const { context } = createTestContext({ timelines, timeouts: briefly });
  return bindSteps(context).then.readyWithBackup(snapshot, backup);
};

test('a VolumeSnapshot whose backup is in Error is waited for no longer; one whose backup is under way is', async () => {
  await expect(waited({ state: 'Error', error: 'no space' })).rejects.toThrow(
    /^the first backup is Error \(error "no space"\): it can no longer happen that the VolumeSnapshot is ready to use/,
  );
  await expect(waited({ state: 'InProgress', progress: 5 })).rejects.toThrow(/^timed out after 50 ms/);
});
