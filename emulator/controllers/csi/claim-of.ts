import type { PersistentVolume, PersistentVolumeClaim } from '../../longhorn/objects.ts';
import type { ManagerContext } from '../../manager/context.ts';

/** The PersistentVolume of a volume. */
export const persistentVolumeOf = (
  { datastore }: Pick<ManagerContext, 'datastore'>,
  volume: string,
): PersistentVolume | undefined =>
  datastore.persistentVolumes.list().find(({ spec }) => spec.csi?.volumeHandle === volume);

/** The claim of a volume, in Longhorn's namespace. */
export const claimOf = (
  context: Pick<ManagerContext, 'datastore'>,
  volume: string,
): PersistentVolumeClaim | undefined => {
  const found = persistentVolumeOf(context, volume);
  return context.datastore.persistentVolumeClaims.get(found?.spec.claimRef?.name ?? '');
};
