import type { PersistentVolumeClaim } from '../../longhorn/objects.ts';
import type { ManagerContext } from '../../manager/context.ts';

/** The claim of a volume, in Longhorn's namespace. */
export const claimOf = (
  { datastore }: Pick<ManagerContext, 'datastore'>,
  volume: string,
): PersistentVolumeClaim | undefined => {
  const found = datastore.persistentVolumes.list().find(({ spec }) => spec.csi?.volumeHandle === volume);
  return datastore.persistentVolumeClaims.get(found?.spec.claimRef?.name ?? '');
};
