import type { SnapshotHandle, VolumeHandle } from './steps/handles.ts';
import type { Steps } from './steps/steps.ts';

/** Leaves the writing of the blocks of a volume's backups unanswered, until `when.released`. Needs wrongAnswers. */
export const holdBlocks = async ({ given, then }: Pick<Steps, 'given' | 'then'>, volume: VolumeHandle) => {
  const silent = await given.wrongAnswers('silence', {
    to: 'write',
    below: { of: volume, folder: 'blocks' },
  });
  await then.inForce(silent);
  return silent;
};

/** Begins to upload a snapshot, and holds its first block until `when.released` with `silent`. Needs wrongAnswers. */
export const heldUpload = async (
  of: Pick<Steps, 'given' | 'when' | 'then'>,
  snapshot: SnapshotHandle,
  how?: { mode: 'full' },
) => {
  const { when, then } = of;
  const silent = await holdBlocks(of, snapshot.volume);
  const backup = await when.backedUp(snapshot, how);
  await then.uploading(backup);
  return { silent, backup };
};
