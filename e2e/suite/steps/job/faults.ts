import type { Fault, InjectedFault } from '../../../faults/fault.ts';
import { readOnlyBackups } from '../../../faults/store/read-only-backups.ts';
import type { KubernetesObject, Resource } from '../../../kube/cluster.ts';
import { longhornResources } from '../../../longhorn/resources.ts';
import type { Context } from '../context.ts';
import { deniedDeletionOf } from '../deletion/deletion.ts';
import type { JobHandle } from './job.ts';

/** The ways to make the cleanup of a job fail. Each affects only the job's volume. */
export const faultyCleanups = {
  'the engine deletes no backup': "the backups of the job's volume are read-only within longhorn-manager",
  'backups may not be deleted': "the API server refuses to delete a backup of the job's volume",
  'snapshots may not be deleted': "the API server refuses to delete a snapshot of the job's volume",
} as const;

export type FaultyCleanup = keyof typeof faultyCleanups;

/** Makes the cleanup of a job fail, until the fault is healed. */
export const failCleanup = async (
  context: Context,
  job: JobHandle,
  how: FaultyCleanup,
): Promise<InjectedFault> => context.faults.inject(await toFault(context, job, how));

const toFault = async (context: Context, { volume }: JobHandle, how: FaultyCleanup): Promise<Fault> => {
  const { timelines } = context;
  const title = faultyCleanups[how];
  if (how === 'the engine deletes no backup')
    return readOnlyBackups.on(volume.target.store, { name: volume.name, called: "the job's volume" });
  const deny = (resource: Resource, whose: string, one: KubernetesObject | undefined): Fault => {
    if (one === undefined)
      throw new Error(`volume ${volume.name} has nothing yet whose deletion could be denied`);
    return deniedDeletionOf(context, { resource, whose, probe: one.metadata.name, title });
  };
  if (how === 'backups may not be deleted') {
    const whose = `has(oldObject.metadata.labels) && 'backup-volume' in oldObject.metadata.labels && oldObject.metadata.labels['backup-volume'] == '${volume.name}'`;
    const one = timelines.backups
      .objects()
      .find(({ metadata }) => metadata.labels?.['backup-volume'] === volume.name);
    return deny(longhornResources.backups, whose, one);
  }
  const one = timelines.snapshots.objects().find(({ spec }) => spec.volume === volume.name);
  return deny(longhornResources.snapshots, `oldObject.spec.volume == '${volume.name}'`, one);
};
