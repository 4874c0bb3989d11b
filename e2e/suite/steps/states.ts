import { collectStates } from '../../history/named-state.ts';
import type { KubernetesObject } from '../../kube/cluster.ts';
import { describeBackup } from '../../longhorn/backup-state.ts';
import type { Backup, Snapshot, Volume } from '../../longhorn/types.ts';
import { changes, is, waitsForNamed, waitsForReadiness } from './backup/expectations.ts';
import { failed } from './deletion/expectations.ts';
import { describeJob, statesOfJobs } from './job/expectations.ts';
import { errs } from './lock/expectations.ts';
import { describeSnapshot } from './volume/snapshot.ts';
import { describeVolume, isHealthy, volumeChanges } from './volume/volume.ts';

/**
 * Makes a step of an expectation again from its name, as it stands in a recording: the very code that judged
 * it the first time.
 */
export const makeStep = collectStates([
  is,
  waitsForNamed,
  waitsForReadiness,
  changes,
  failed,
  errs,
  isHealthy,
  volumeChanges,
  ...statesOfJobs,
]);

const describers: Record<string, (object: KubernetesObject) => string> = {
  backups: (backup) => describeBackup(backup as Backup),
  snapshots: (snapshot) => describeSnapshot(snapshot as Snapshot),
  volumes: (volume) => describeVolume(volume as Volume),
  jobs: describeJob,
};

/** Writes a state of an object in a few words, as the expectations on its resource do. */
export const describe = (resource: string, object: KubernetesObject): string =>
  describers[resource]?.(object) ?? JSON.stringify(object.status ?? {});
