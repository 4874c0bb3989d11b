import type { SnapshotHandle } from './steps/handles.ts';
import type { Steps } from './steps/steps.ts';

/** Begins to upload a snapshot, and holds its first block until `when.released` with `silent`. Needs wrongAnswers. */
export const heldUpload = async (
  { given, when, then }: Pick<Steps, 'given' | 'when' | 'then'>,
  snapshot: SnapshotHandle,
  how?: { mode: 'full' },
) => {
  const silent = await given.wrongAnswers('silence', {
    to: 'write',
    below: { of: snapshot.volume, folder: 'blocks' },
  });
  await then.inForce(silent);
  const backup = await when.backedUp(snapshot, how);
  await then.uploading(backup);
  return { silent, backup };
};
