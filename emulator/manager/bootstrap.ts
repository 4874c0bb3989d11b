import { createHash } from 'node:crypto';
import { alreadyExists } from '../kubernetes/client.ts';
import { startController } from '../kubernetes/controller.ts';
import type { ApiObject } from '../kubernetes/objects.ts';
import {
  confirmationFlag,
  defaultEngineImage,
  defaultTargetName,
  emulatorVersion,
  engineImageName,
  finalizer,
  staticClass,
} from '../modelled-on.ts';
import type { ManagerContext } from './context.ts';
import type { Collection } from './datastore.ts';
import { upgradeObjects } from './upgrade.ts';

const currentVersion = 'current-longhorn-version';

const settings: Record<string, string> = {
  'default-engine-image': defaultEngineImage,
  'backup-compression-method': 'lz4',
  'backup-concurrent-limit': '1',
  'allow-empty-disk-selector-volume': 'true',
  'allow-empty-node-selector-volume': 'true',
  'allow-recurring-job-while-volume-detached': 'false',
  'auto-cleanup-recurring-job-backup-snapshot': 'true',
  'auto-cleanup-snapshot-after-on-demand-backup-completed': 'false',
  'auto-cleanup-system-generated-snapshot': 'true',
  'auto-cleanup-when-delete-backup': 'false',
  'concurrent-replica-rebuild-per-node-limit': '5',
  'concurrent-volume-backup-restore-per-node-limit': '5',
  'default-backup-block-size': '2',
  [staticClass.setting]: staticClass.initial,
  [confirmationFlag]: 'false',
  'disable-snapshot-purge': 'false',
  'failed-backup-ttl': '1440',
  'recurring-job-max-retention': '100',
  'recurring-successful-jobs-history-limit': '1',
  'recurring-failed-jobs-history-limit': '1',
  'restore-concurrent-limit': '1',
  'restore-volume-recurring-jobs': 'false',
  'allow-volume-creation-with-degraded-availability': 'true',
};

const ensure = async <T extends ApiObject>(
  collection: Collection<T>,
  object: Partial<T> & Pick<T, 'metadata'>,
): Promise<T> => {
  const found = collection.get(object.metadata.name);
  if (found) return found;
  try {
    return await collection.create(object);
  } catch (error) {
    if (!alreadyExists(error)) throw error;
    return collection.fetch(object.metadata.name); // Another manager was first.
  }
};

/** Name of a node's instance manager. A node has one for all volumes, as in Longhorn since v1.5. */
export const instanceManagerName = (node: string): string =>
  `instance-manager-${createHash('md5').update(node).digest('hex')}`;

const ensureNodeObjects = async (
  { datastore, node, dataRoot }: ManagerContext,
  ip: string,
): Promise<void> => {
  const disk = { type: 'filesystem', path: dataRoot, allowScheduling: true, storageReserved: 0, tags: [] };
  await ensure(datastore.nodes, {
    metadata: { name: node, finalizers: [finalizer] },
    spec: { name: node, allowScheduling: true, tags: [], disks: { 'default-disk': disk } },
  });
  const manager = await ensure(datastore.instanceManagers, {
    metadata: {
      name: instanceManagerName(node),
      labels: {
        'longhorn.io/component': 'instance-manager',
        'longhorn.io/node': node,
        'longhorn.io/instance-manager-type': 'aio',
        'longhorn.io/data-engine': 'v1',
      },
    },
    spec: { nodeID: node, image: '', type: 'aio', dataEngine: 'v1' },
  });
  // A patch: the pod has another address after a restart of this manager, and only this manager writes this object.
  await datastore.instanceManagers.patch(
    manager.metadata.name,
    { status: { ownerID: node, currentState: 'running', ip } },
    'status',
  );
};

/**
 * Creates the objects that every Longhorn has from its start, in whichever manager is first, and this node's
 * own objects.
 */
export const bootstrap = async (context: ManagerContext, ip: string): Promise<void> => {
  const { datastore, node } = context;
  await ensureNodeObjects(context, ip);
  const recreate = async (name: string): Promise<void> => {
    if (name !== instanceManagerName(node) || datastore.instanceManagers.get(name)?.status) return;
    // Its node goes first where Longhorn is uninstalled.
    if (datastore.nodes.get(node) !== undefined) await ensureNodeObjects(context, ip);
  };
  datastore.instanceManagers.onEvent(
    startController({ name: 'instance-manager', reconcile: recreate }, context),
  );
  const version = emulatorVersion(context.version);
  const setting = await ensure(datastore.settings, { metadata: { name: currentVersion }, value: version });
  // Another version was installed before.
  if (setting.value !== version) {
    await upgradeObjects(context);
    await datastore.settings.patch(currentVersion, { value: version });
  }
  for (const [name, value] of Object.entries(settings))
    await ensure(datastore.settings, { metadata: { name }, value });
  await ensure(datastore.engineImages, {
    metadata: { name: engineImageName(defaultEngineImage), finalizers: [finalizer] },
    spec: { image: defaultEngineImage },
  });
  await ensure(datastore.backupTargets, {
    metadata: { name: defaultTargetName, finalizers: [finalizer] },
    spec: { backupTargetURL: '', credentialSecret: '', pollInterval: '5m0s' },
  });
};
