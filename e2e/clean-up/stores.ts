import { storeName, storePodLabel } from '../backupstore/manifest.ts';
import type { BackupTarget } from '../longhorn/types.ts';
import { type Cluster, type KubernetesObject, resources } from '../observe/cluster.ts';
import type { LeftOver } from './find.ts';

type Pod = KubernetesObject & { status?: { conditions?: { type: string; status: string }[] } };

/**
 * The names of the backup targets whose store is not there any more, of those that are left: Longhorn cannot remove their backups' files, and
 * forgets those backups only with their target. A store that is none of the suite's is taken to live.
 */
export const targetsWithoutStore = async (cluster: Cluster, leftOver: readonly LeftOver[]): Promise<Set<string>> => {
  const targets = leftOver.filter(({ kind }) => kind === 'backupTargets').map(({ object }) => object as BackupTarget);
  const dead = targets.map(async ({ metadata: { name }, spec }) => {
    const [, store, namespace] = /^nfs:\/\/([a-z0-9-]+)\.([a-z0-9-]+):/.exec(spec.backupTargetURL) ?? [];
    const isOwn = store === storeName || store?.startsWith('corral-');
    return !isOwn || store === undefined || namespace === undefined || (await isServed(cluster, { store, namespace })) ? [] : [name];
  });
  return new Set((await Promise.all(dead)).flat());
};

const isServed = async (cluster: Cluster, { store, namespace }: { store: string; namespace: string }): Promise<boolean> => {
  const { items } = await cluster.list<Pod>(resources.pods, { namespace, labelSelector: storePodLabel(store) });
  return items.some(
    ({ metadata, status }) =>
      metadata.deletionTimestamp === undefined &&
      status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true,
  );
};
