import { once, onceGone } from '../../history/expectation.ts';
import type { Timeline } from '../../history/timeline.ts';
import { type Cluster, unlessGone } from '../../kube/cluster.ts';
import {
  longhornApiVersion as apiVersion,
  longhornResources,
  longhornNamespace as namespace,
} from '../../longhorn/resources.ts';
import { syncRequest } from '../../longhorn/sync-request.ts';
import type { BackupTarget } from '../../longhorn/types.ts';
import type { RunningStore } from '../../store/driver.ts';
import { runLabel } from './made.ts';
import type { Timeouts } from './timeouts.ts';

const resource = longhornResources.backupTargets;

/** Steps of every scenario that are played before its own. */
export const ownStore = { sentence: 'Given a backup store of its own' };
export const ownTarget = { sentence: 'Given a backup target of Longhorn on it' };

type Deps = { cluster: Cluster; targets: Timeline<BackupTarget>; timeouts: Timeouts };

/**
 * Makes a backup target of the scenario's own and returns when Longhorn can use it (any number of them:
 * Longhorn v1.8 and later). The one that the cluster has by default is not touched: other people's backups
 * are on it.
 */
export const makeTarget = async (
  { cluster, targets, timeouts }: Deps,
  { name, store, run }: { name: string; store: Pick<RunningStore, 'url' | 'credentialSecret'>; run: string },
): Promise<void> => {
  await cluster.create(resource, {
    apiVersion,
    kind: 'BackupTarget',
    metadata: { name, namespace, labels: runLabel(run) },
    spec: {
      backupTargetURL: store.url,
      credentialSecret: store.credentialSecret,
      pollInterval: '5m0s',
      syncRequestedAt: syncRequest({}),
    },
  });
  await once(targets, ({ status }) => status?.available === true, {
    name,
    label: `the backup target ${store.url} is available`,
    describe: describeTarget,
    ...timeouts.targetAvailable,
  });
};

/**
 * Removes a backup target, with what Longhorn knows of it, and returns when it is gone; one that was never
 * made is no error.
 */
export const removeTarget = async ({ cluster, targets, timeouts }: Deps, name: string): Promise<void> => {
  await cluster.delete(resource, { namespace, name }).catch(unlessGone);
  await onceGone(targets, {
    name,
    label: `backup target ${name} is gone`,
    describe: describeTarget,
    ...timeouts.targetGone,
  });
};

/** What a backup target says of itself, in a line. */
export const describeTarget = ({ spec, status }: BackupTarget): string => {
  const why = status?.conditions?.find(({ status }) => status === 'True')?.message;
  return `${spec.backupTargetURL || 'no URL'}, ${status?.available ? 'available' : 'not available'}${why ? `: ${why}` : ''}, listed ${status?.lastSyncedAt || 'never'}`;
};
