import type { KubernetesObject } from '../../../kube/cluster.ts';
import { type Event, jobLabelName } from '../../../longhorn/job-types.ts';
import { managerLabel } from '../../../longhorn/manager.ts';
import type { BackupVolume, Snapshot, VolumeAttachment } from '../../../longhorn/types.ts';
import type { Belongs } from '../../evidence/keeper.ts';
import type { Made } from '../made.ts';

const [managerLabelName = '', managerLabelValue = ''] = managerLabel.split('=');

/** Tells the objects of a scenario, as it makes them, from those of the others in the cluster; the pods of the managers are everybody's. */
export const belongsTo = ({ made, target, store }: { made: Made; target: string; store: string }): Belongs => {
  const isVolume = (name: string | undefined): boolean =>
    name !== undefined && (made.volumes.includes(name) || made.written.some(({ volume }) => volume === name));
  const isJob = (name: string | undefined): boolean => name !== undefined && made.jobs.includes(name);
  const labelOf = ({ metadata }: KubernetesObject, name: string): string | undefined => metadata.labels?.[name];

  const rules: Record<string, (object: KubernetesObject) => boolean> = {
    volumes: ({ metadata }) => isVolume(metadata.name),
    volumeattachments: (object) => isVolume((object as VolumeAttachment).spec.volume ?? object.metadata.name),
    snapshots: (object) => made.snapshots.includes(object.metadata.name) || isVolume((object as Snapshot).spec.volume),
    backups: (object) =>
      made.backups.includes(object.metadata.name) ||
      made.written.some(({ backup }) => backup === object.metadata.name) ||
      isVolume(labelOf(object, 'backup-volume')),
    backupvolumes: (object) => isVolume(labelOf(object, 'backup-volume') ?? (object as BackupVolume).spec?.volumeName),
    backuptargets: ({ metadata }) => metadata.name === target,
    recurringjobs: ({ metadata }) => isJob(metadata.name),
    cronjobs: ({ metadata }) => isJob(metadata.name),
    jobs: (object) => isJob(labelOf(object, jobLabelName)) || (object.metadata.ownerReferences ?? []).some(({ name }) => isJob(name)),
    pods: (object) =>
      labelOf(object, managerLabelName) === managerLabelValue ||
      isJob(labelOf(object, jobLabelName)) ||
      object.metadata.namespace === store ||
      object.metadata.name.startsWith(store),
    events: (object) => isJob((object as Event).involvedObject.name),
    namespaces: ({ metadata }) => metadata.name === store,
  };
  return (resource, object) => rules[resource]?.(object) ?? false;
};
