import { type Client, ignoreMissing } from '../kubernetes/client.ts';
import { type ApiResource, createWriter, type Writer } from '../kubernetes/collection.ts';
import { type Informer, startInformer } from '../kubernetes/informer.ts';
import type { ApiObject } from '../kubernetes/objects.ts';
import type { Log } from '../log.ts';
import type * as lh from '../longhorn/objects.ts';
import { jobLabels, namespace } from '../modelled-on.ts';

/** One kind of object: reads come from the informer's copy, writes go to the API server. */
export type Collection<T extends ApiObject> = Informer<T> & Writer<T>;

/**
 * An object as this manager has seen it, if that is enough for what is to be decided. Otherwise as the API server has it:
 * another manager, or a user, may have written it just before.
 */
export const readUnless = async <T extends ApiObject>(
  { get, fetch }: Pick<Collection<T>, 'get' | 'fetch'>,
  name: string,
  isEnough: (seen: T) => boolean = () => true,
): Promise<T | undefined> => {
  const seen = get(name);
  return seen !== undefined && isEnough(seen) ? seen : fetch(name).catch(ignoreMissing);
};

/** All objects that a manager uses. Each kind has its own watch. */
export type Datastore = {
  volumes: Collection<lh.Volume>;
  volumeAttachments: Collection<lh.VolumeAttachment>;
  engines: Collection<lh.VolumeEngine>;
  replicas: Collection<lh.Replica>;
  snapshots: Collection<lh.Snapshot>;
  backups: Collection<lh.Backup>;
  backupVolumes: Collection<lh.BackupVolume>;
  backupTargets: Collection<lh.BackupTarget>;
  systemBackups: Collection<lh.SystemBackup>;
  systemRestores: Collection<lh.SystemRestore>;
  settings: Collection<lh.Setting>;
  nodes: Collection<lh.Node>;
  engineImages: Collection<lh.EngineImage>;
  instanceManagers: Collection<lh.InstanceManager>;
  recurringJobs: Collection<lh.RecurringJob>;
  cronJobs: Collection<lh.CronJob>;
  jobs: Collection<lh.RolloutJob>;
  managerPods: Collection<lh.Pod>;
  /** Those of StatefulSets. */
  workloadPods: Collection<lh.Pod>;
  kubernetesNodes: Collection<lh.KubernetesNode>;
  /** Of Kubernetes, for the volumes of pods. */
  kubernetesAttachments: Collection<lh.KubernetesAttachment>;
  configMaps: Collection<lh.ConfigMap>;
  storageClasses: Collection<lh.StorageClass>;
  persistentVolumes: Collection<lh.PersistentVolume>;
  persistentVolumeClaims: Collection<lh.PersistentVolumeClaim>;
};

/** The kinds of CSI's snapshot controller that Longhorn's CSI sidecar uses. */
export type SnapshotKinds = {
  contents: Collection<lh.VolumeSnapshotContent>;
  classes: Collection<lh.VolumeSnapshotClass>;
};

type Options = { client: Client; resync?: number; log: Log; signal: AbortSignal };

const open = <T extends ApiObject>(
  { client, log, signal }: Options,
  {
    kind,
    labelSelector,
    resync,
    ...resource
  }: ApiResource & { kind: string; labelSelector?: string; resync?: number },
): Collection<T> => {
  const informer = startInformer<T>(
    { client, resource, resync, ...(labelSelector && { labelSelector }) },
    { log, signal },
  );
  const writer = createWriter<T>(client, resource, kind);
  const cacheResult = async (answer: Promise<T>): Promise<T> => {
    const object = await answer;
    informer.putInCache(object);
    return object;
  };
  return {
    ...informer,
    fetch: (name) => cacheResult(writer.fetch(name)),
    create: (object) => cacheResult(writer.create(object)),
    update: (object) => cacheResult(writer.update(object)),
    updateStatus: (object) => cacheResult(writer.updateStatus(object)),
    patch: (name, mergePatch, subresource) => cacheResult(writer.patch(name, mergePatch, subresource)),
    delete: writer.delete,
  };
};

/** Opens all collections. Resolves after the first list of each. */
export const openDatastore = async (options: Options): Promise<Datastore> => {
  const longhorn = <T extends ApiObject>(plural: string, kind: string, resync = options.resync ?? 0) =>
    open<T>(options, {
      group: 'longhorn.io',
      version: 'v1beta2',
      plural,
      namespace,
      kind,
      ...(resync > 0 && { resync }),
    });
  const datastore: Datastore = {
    volumes: longhorn('volumes', 'Volume'),
    volumeAttachments: longhorn('volumeattachments', 'VolumeAttachment'),
    engines: longhorn('engines', 'Engine'),
    replicas: longhorn('replicas', 'Replica'),
    // Longhorn's snapshot controller has no resync either.
    snapshots: longhorn('snapshots', 'Snapshot', 0),
    backups: longhorn('backups', 'Backup'),
    backupVolumes: longhorn('backupvolumes', 'BackupVolume'),
    backupTargets: longhorn('backuptargets', 'BackupTarget'),
    // Longhorn's controller of system backups has no resync.
    systemBackups: longhorn('systembackups', 'SystemBackup', 0),
    systemRestores: longhorn('systemrestores', 'SystemRestore', 0),
    settings: longhorn('settings', 'Setting'),
    nodes: longhorn('nodes', 'Node'),
    engineImages: longhorn('engineimages', 'EngineImage'),
    instanceManagers: longhorn('instancemanagers', 'InstanceManager'),
    recurringJobs: longhorn('recurringjobs', 'RecurringJob'),
    cronJobs: open(options, {
      group: 'batch',
      version: 'v1',
      plural: 'cronjobs',
      namespace,
      kind: 'CronJob',
      labelSelector: jobLabels.job,
    }),
    jobs: open(options, { group: 'batch', version: 'v1', plural: 'jobs', namespace, kind: 'Job' }),
    managerPods: open(options, {
      group: '',
      version: 'v1',
      plural: 'pods',
      namespace,
      kind: 'Pod',
      labelSelector: 'app=longhorn-manager',
    }),
    workloadPods: open(options, {
      group: '',
      version: 'v1',
      plural: 'pods',
      namespace,
      kind: 'Pod',
      labelSelector: 'statefulset.kubernetes.io/pod-name',
    }),
    kubernetesNodes: open(options, { group: '', version: 'v1', plural: 'nodes', kind: 'Node' }),
    kubernetesAttachments: open(options, {
      group: 'storage.k8s.io',
      version: 'v1',
      plural: 'volumeattachments',
      kind: 'VolumeAttachment',
    }),
    configMaps: open(options, {
      group: '',
      version: 'v1',
      plural: 'configmaps',
      namespace,
      kind: 'ConfigMap',
    }),
    storageClasses: open(options, {
      group: 'storage.k8s.io',
      version: 'v1',
      plural: 'storageclasses',
      kind: 'StorageClass',
    }),
    persistentVolumes: open(options, {
      group: '',
      version: 'v1',
      plural: 'persistentvolumes',
      kind: 'PersistentVolume',
    }),
    persistentVolumeClaims: open(options, {
      group: '',
      version: 'v1',
      plural: 'persistentvolumeclaims',
      namespace,
      kind: 'PersistentVolumeClaim',
    }),
  };
  await Promise.all(Object.values(datastore).map((collection: Collection<ApiObject>) => collection.synced));
  return datastore;
};

const snapshotApi = { group: 'snapshot.storage.k8s.io', version: 'v1' };

/** Opens the kinds of CSI's snapshots. Undefined if the cluster does not have them. */
export const openSnapshotKinds = async (options: Options): Promise<SnapshotKinds | undefined> => {
  const { group, version } = snapshotApi;
  const served = await options.client.request('GET', `/apis/${group}/${version}`).catch(ignoreMissing);
  if (served === undefined) return undefined;
  const kinds: SnapshotKinds = {
    contents: open(options, {
      ...snapshotApi,
      plural: 'volumesnapshotcontents',
      kind: 'VolumeSnapshotContent',
    }),
    classes: open(options, { ...snapshotApi, plural: 'volumesnapshotclasses', kind: 'VolumeSnapshotClass' }),
  };
  await Promise.all([kinds.contents.synced, kinds.classes.synced]);
  return kinds;
};
