import { once, onceGone } from '../../../history/expectation.ts';
import type { Timeline } from '../../../history/timeline.ts';
import { type Cluster, unlessGone } from '../../../kube/cluster.ts';
import {
  longhornApiVersion as apiVersion,
  longhornResources,
  longhornNamespace as namespace,
} from '../../../longhorn/resources.ts';
import { syncRequest } from '../../../longhorn/sync-request.ts';
import type { BackupTarget } from '../../../longhorn/types.ts';
import type { RunningStore } from '../../../store/driver.ts';
import type { ScenarioDeps } from '../deps.ts';
import { runLabel } from '../made.ts';
import type { Timeouts } from '../timeouts.ts';

const resource = longhornResources.backupTargets;

/** What backup targets are made and removed with. */
export type TargetDeps = {
  cluster: Cluster;
  /** The watch of backup targets, live. */
  watched(): Timeline<BackupTarget>;
  timeouts: Timeouts;
};

/**
 * Makes a backup target of the scenario's own and returns when Longhorn can use it (any number of them:
 * Longhorn v1.8 and later). The one that the cluster has by default is not touched: other people's backups
 * are on it.
 */
export const makeTarget = async (
  { cluster, watched, timeouts }: TargetDeps,
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
      syncRequestedAt: await syncRequest({}),
    },
  });
  await once(watched(), ({ status }) => status?.available === true, {
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
export const removeTarget = async (
  { cluster, watched, timeouts, changingTargets }: TargetDeps & Pick<ScenarioDeps['turn'], 'changingTargets'>,
  name: string,
): Promise<void> => {
  await changingTargets(() => cluster.delete(resource, { namespace, name }).catch(unlessGone));
  await onceGone(watched(), {
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
