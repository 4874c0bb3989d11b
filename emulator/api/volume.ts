import type { Backup, Volume } from '../longhorn/objects.ts';
import type { Datastore } from '../manager/datastore.ts';
import { backupsOfVolume } from './backup.ts';
import { type Links, type RancherResource, withLinks } from './resource.ts';

const snapshotActions = [
  'snapshotCRCreate',
  'snapshotCRGet',
  'snapshotCRList',
  'snapshotCRDelete',
  'snapshotPurge',
  'snapshotBackup',
];

const toBackupStatus = ({ metadata, status }: Backup) => ({
  id: metadata.name,
  snapshot: status?.snapshotName ?? '',
  progress: status?.progress ?? 0,
  error: status?.error ?? '',
  state: status?.state ?? '',
});

/**
 * Converts a volume to an API resource: the fields that a recurring job and the page read, and all Backups on the
 * volume's own target.
 */
export const toVolume = (
  datastore: Datastore,
  { metadata: { name }, spec, status }: Volume,
  links: Links,
): RancherResource => {
  const { backupTargetName } = spec;
  const takesSnapshots = status?.robustness !== 'faulted' && !status?.isStandby;
  return withLinks(
    {
      id: name,
      type: 'volume',
      name,
      backupTargetName,
      size: spec.size,
      standby: spec.Standby ?? false,
      backupBlockSize: spec.backupBlockSize ?? '0',
      state: status?.state ?? '',
      lastBackup: status?.lastBackup ?? '',
      backupStatus: backupsOfVolume(datastore, { volume: name, target: backupTargetName }).map(
        toBackupStatus,
      ),
    },
    links,
    [
      'updateBackupTargetName',
      ...(status?.isStandby ? ['activate'] : []),
      ...(status?.state === 'attached' ? ['snapshotRevert', 'trimFilesystem'] : []),
      ...(takesSnapshots ? snapshotActions : []),
    ],
  );
};
