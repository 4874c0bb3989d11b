import type { ApiObject } from '../kubernetes/objects.ts';
import type { BackupTarget, RecurringJob } from '../longhorn/objects.ts';
import type { Datastore } from '../manager/datastore.ts';
import { byName, toBackup, toBackupVolume } from './backup.ts';
import { type Links, type RancherResource, withLinks } from './resource.ts';
import { toSystemBackup, toSystemRestore } from './system-backup.ts';
import { toVolume } from './volume.ts';

/** Converts a BackupTarget to an API resource. */
export const toBackupTarget = ({ metadata, spec, status }: BackupTarget, links: Links): RancherResource =>
  withLinks(
    {
      id: metadata.name,
      type: 'backupTarget',
      name: metadata.name,
      backupTargetURL: spec.backupTargetURL,
      credentialSecret: spec.credentialSecret,
      pollInterval: spec.pollInterval ?? '0s',
      available: status?.available ?? false,
      message: status?.conditions?.find(({ type }) => type === 'Unavailable')?.message ?? '',
    },
    links,
    ['backupTargetUpdate'],
  );

/** Converts a RecurringJob to an API resource. */
export const toRecurringJob = ({ metadata, spec, status }: RecurringJob, links: Links): RancherResource => {
  const { name } = metadata;
  const { executionCount = 0 } = status ?? {};
  return withLinks({ ...spec, id: name, type: 'recurringJob', name, executionCount }, links);
};

type Name = keyof Datastore;
type ObjectOf<Key extends Name> = NonNullable<ReturnType<Datastore[Key]['get']>>;

/** A collection that a WebSocket can follow. */
type StreamedCollection = {
  /** Type of the resources, such as backupVolume. */
  type: string;
  /** The kind whose events can change the list. */
  watched: Name;
  list(datastore: Datastore, links: Links): RancherResource[];
};

const show = <Key extends Name>(
  type: string,
  key: Key,
  toResource: (object: ObjectOf<Key>, links: Links) => RancherResource,
): StreamedCollection => ({
  type,
  watched: key,
  list: (datastore, links) =>
    (datastore[key].list() as ApiObject[])
      .sort(byName)
      .map((object) => toResource(object as ObjectOf<Key>, links)),
});

/** The collections that a WebSocket can follow, by their name in its path. */
export const streamedCollections = {
  backups: show('backup', 'backups', toBackup),
  backupvolumes: show('backupVolume', 'backupVolumes', (object, links) =>
    toBackupVolume(object.metadata.name, object, links),
  ),
  recurringjobs: show('recurringJob', 'recurringJobs', toRecurringJob),
  backuptargets: show('backupTarget', 'backupTargets', toBackupTarget),
  volumes: {
    type: 'volume',
    watched: 'volumes',
    list: (datastore, links) =>
      [...datastore.volumes.list()].sort(byName).map((volume) => toVolume(datastore, volume, links)),
  } satisfies StreamedCollection,
  systembackups: show('systemBackup', 'systemBackups', toSystemBackup),
  systemrestores: show('systemRestore', 'systemRestores', toSystemRestore),
};
