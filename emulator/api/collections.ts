import type { ApiObject } from '../kubernetes/objects.ts';
import type { BackupTarget, RecurringJob, Setting } from '../longhorn/objects.ts';
import type { Datastore } from '../manager/datastore.ts';
import { byName, toBackup, toBackupVolume } from './backup.ts';
import { NotFound } from './errors.ts';
import { toEngineImage, toNode } from './node.ts';
import { type Links, type RancherResource, withLinks } from './resource.ts';
import { toVolume } from './volume.ts';

/** A BackupTarget as the API shows it. */
export const toBackupTarget = ({ metadata, spec, status }: BackupTarget, links: Links): RancherResource =>
  withLinks(
    {
      id: metadata.name,
      type: 'backupTarget',
      name: metadata.name,
      backupTargetURL: spec.backupTargetURL,
      credentialSecret: spec.credentialSecret,
      pollInterval: spec.pollInterval,
      available: status?.available ?? false,
      message: status?.conditions?.find(({ type }) => type === 'Unavailable')?.message ?? '',
    },
    links,
    ['backupTargetSync', 'backupTargetUpdate'],
  );

/** A RecurringJob as the API shows it. */
const toRecurringJob = ({ metadata, spec, status }: RecurringJob, links: Links): RancherResource =>
  withLinks(
    {
      id: metadata.name,
      type: 'recurringJob',
      name: metadata.name,
      groups: spec.groups ?? null,
      task: spec.task,
      cron: spec.cron,
      retain: spec.retain,
      concurrency: spec.concurrency,
      labels: spec.labels ?? null,
      parameters: spec.parameters ?? null,
      executionCount: status?.executionCount ?? 0,
    },
    links,
  );

/** A Setting as the API shows it, without the definition that the UI's form of settings is made from. */
export const toSetting = ({ metadata, value, status }: Setting, links: Links): RancherResource =>
  withLinks(
    { id: metadata.name, type: 'setting', name: metadata.name, value, applied: status?.applied ?? false },
    links,
  );

type Name = keyof Datastore;
type ObjectOf<Key extends Name> = NonNullable<ReturnType<Datastore[Key]['get']>>;

/** What the API shows of one kind of object. */
export type ShownCollection = {
  /** Name of the resource's type, backupVolume. */
  type: string;
  /** Kinds whose events may change the list. */
  watched: readonly Name[];
  list(datastore: Datastore, links: Links): RancherResource[];
  /** Throws NotFound. */
  get(datastore: Datastore, name: string, links: Links): RancherResource;
};

const show = <Key extends Name>(
  type: string,
  key: Key,
  toResource: (object: ObjectOf<Key>, links: Links, datastore: Datastore) => RancherResource,
  watched: readonly Name[] = [],
): ShownCollection => ({
  type,
  watched: [key, ...watched],
  list: (datastore, links) =>
    (datastore[key].list() as ApiObject[])
      .sort(byName)
      .map((object) => toResource(object as ObjectOf<Key>, links, datastore)),
  get: (datastore, name, links) => {
    const object = datastore[key].get(name);
    if (!object) throw new NotFound(type, name);
    return toResource(object as ObjectOf<Key>, links, datastore);
  },
});

// Nobody can make one here.
const none = (type: string): ShownCollection => ({
  type,
  watched: [],
  list: () => [],
  get: (_datastore, name) => {
    throw new NotFound(type, name);
  },
});

/**
 * The collections of the API by their name in its paths, but for backups, which Longhorn shows by WebSocket
 * alone.
 */
export const shown: Record<string, ShownCollection> = {
  volumes: show('volume', 'volumes', (volume, links, datastore) => toVolume(datastore, volume, links), [
    'replicas',
    'backups',
    'volumeAttachments',
  ]),
  backupvolumes: {
    ...show('backupVolume', 'backupVolumes', (object, links) =>
      toBackupVolume(object.metadata.name, object, links),
    ),
    // Not an error for one that is not there: Longhorn's CSI plugin of old relied on that.
    get: ({ backupVolumes }, name, links) => toBackupVolume(name, backupVolumes.get(name), links),
  },
  backuptargets: show('backupTarget', 'backupTargets', toBackupTarget),
  recurringjobs: show('recurringJob', 'recurringJobs', toRecurringJob),
  settings: show('setting', 'settings', toSetting),
  nodes: show('node', 'nodes', (node, links, { managerPods }) => toNode(node, managerPods.list(), links), [
    'managerPods',
  ]),
  engineimages: show('engineImage', 'engineImages', (image, links, { settings }) =>
    toEngineImage(image, settings.get('default-engine-image')?.value, links),
  ),
  // Each page of Longhorn's own user interface asks for them.
  backingimages: none('backingImage'),
  backupbackingimages: none('backupBackingImage'),
};

/** The collections that a WebSocket can follow, by their name in its path. */
export const followed: Record<string, ShownCollection> = {
  ...shown,
  backups: show('backup', 'backups', toBackup),
};
