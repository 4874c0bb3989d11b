import type { Context } from '../context.ts';
import type { SnapshotHandle } from '../handles.ts';
import { postAction } from './api.ts';
import { attach, detach, untilDetached } from './volume.ts';

/** Reverts a volume to one of its snapshots. Longhorn does so only while the volume has no block device. */
export const revertTo = async (
  context: Context,
  { name: snapshot, volume }: SnapshotHandle,
): Promise<void> => {
  const { name, node } = volume;
  const detached = async (): Promise<void> => {
    await detach(context, name);
    await untilDetached(context, name);
  };
  await detached();
  await attach(context, { name, node, disableFrontend: true });
  const request = { volume: name, action: 'snapshotRevert', body: { name: snapshot } };
  const { isAccepted, text } = await postAction(context, node, request);
  if (!isAccepted) throw new Error(`volume ${name} is not reverted: ${text}`);
  await detached();
  await attach(context, { name, node });
};
