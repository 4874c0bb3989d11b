import type { KubernetesObject } from '../../kube/cluster.ts';
import { describeBackup } from '../../longhorn/backup-state.ts';
import type { Backup, Snapshot, Volume } from '../../longhorn/types.ts';
import { describeJob } from './job/expectations.ts';
import { describeSnapshot } from './volume/snapshot.ts';
import { describeVolume } from './volume/volume.ts';

const describers: Record<string, (object: KubernetesObject) => string> = {
  backups: (backup) => describeBackup(backup as Backup),
  snapshots: (snapshot) => describeSnapshot(snapshot as Snapshot),
  volumes: (volume) => describeVolume(volume as Volume),
  jobs: describeJob,
};

/** Describes the state of an object briefly, with the same words as expectations. */
export const describeObject = (resource: string, object: KubernetesObject): string =>
  describers[resource]?.(object) ?? JSON.stringify(object.status ?? {});
