import { decodeBackupURL } from '../backupstore/url.ts';
import { findBackupVolume } from '../controllers/volume/status.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../longhorn/objects.ts';
import { longhornProvisioner, staticClass } from '../modelled-on.ts';
import { type ApiAction, type ApiCall, stringField } from './call.ts';
import { withErrorContext } from './errors.ts';
import { findVolume, refuseStandby } from './snapshot-actions.ts';
import { toVolume } from './volume.ts';

const claimed = { accessModes: ['ReadWriteOnce'] };

// That of the claim of the volume that was backed up (manager/kubernetes.go, PVCreate).
const classFor = (call: ApiCall, fromBackup: string, target: string): string => {
  const { volume } = decodeBackupURL(fromBackup);
  const ofBackup = volume && findBackupVolume(call, volume, target)?.status?.storageClassName;
  const { setting, initial } = staticClass;
  return ofBackup || (call.datastore.settings.get(setting)?.value ?? initial);
};

const pvCreate: ApiAction = async (call) => {
  const { datastore, input, links } = call;
  const volume = await findVolume(call);
  refuseStandby(call, volume, 'create PV');
  const { fromBackup = '', backupTargetName, size } = volume.spec;
  await datastore.persistentVolumes.create({
    metadata: { name: stringField(input, 'pvName') || call.name },
    spec: {
      ...{ ...claimed, capacity: { storage: size }, persistentVolumeReclaimPolicy: 'Retain' },
      csi: { driver: longhornProvisioner, fsType: 'ext4', volumeHandle: call.name },
      storageClassName:
        stringField(input, 'storageClassName') || classFor(call, fromBackup, backupTargetName),
    },
  } as Parameters<typeof datastore.persistentVolumes.create>[0]);
  return toVolume(datastore, volume, links);
};

const pvcCreate: ApiAction = async (call) => {
  const { datastore, input, links } = call;
  const volume = await findVolume(call);
  refuseStandby(call, volume, 'create PVC');
  const isOf = ({ spec }: PersistentVolume): boolean => spec.csi?.volumeHandle === call.name;
  const found = datastore.persistentVolumes.list().find(isOf);
  if (found === undefined) throw new Error(`cannot found PV of ${call.name} for PVC creation`);
  await datastore.persistentVolumeClaims.create({
    metadata: { name: stringField(input, 'pvcName') || call.name },
    spec: {
      ...{ ...claimed, volumeName: found.metadata.name, storageClassName: found.spec.storageClassName ?? '' },
      resources: { requests: { storage: volume.spec.size } },
    },
  } as Pick<PersistentVolumeClaim, 'metadata' | 'spec'>);
  return toVolume(datastore, volume, links);
};

/** Actions that make a PersistentVolume or a claim (in Longhorn's namespace) of a volume, by name. */
export const claimActions: Record<string, ApiAction> = {
  pvCreate: (call) => withErrorContext(`unable to create PV for volume ${call.name}`, () => pvCreate(call)),
  pvcCreate: (call) =>
    withErrorContext(`unable to create PVC for volume ${call.name}`, () => pvcCreate(call)),
};
