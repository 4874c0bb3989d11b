import { waitUntil, waitUntilGone } from '../../../history/expectation.ts';
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
import { runLabel } from '../created-objects.ts';
import type { ScenarioDeps } from '../deps.ts';
import type { Timeouts } from '../timeouts.ts';

const resource = longhornResources.backupTargets;

/** What is needed to make and remove backup targets. */
export type TargetDeps = {
  cluster: Cluster;
  /** The running watch of backup targets. */
  watched(): Timeline<BackupTarget>;
  timeouts: Timeouts;
};

/**
 * Creates a backup target for the scenario, and returns when Longhorn can use it (Longhorn v1.8 and later allows
 * several targets). The cluster's default target is not changed, because it may have the backups of other people.
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
  await waitUntil(watched(), ({ status }) => status?.available === true, {
    name,
    label: `the backup target ${store.url} is available`,
    describe: describeTarget,
    ...timeouts.targetAvailable,
  });
};

/**
 * Removes a backup target and what Longhorn knows of its store. Returns when it is gone. A target that does not exist
 * is not an error.
 */
export const removeTarget = async (
  { cluster, watched, timeouts, changingTargets }: TargetDeps & Pick<ScenarioDeps['turn'], 'changingTargets'>,
  name: string,
): Promise<void> => {
  await changingTargets(() => cluster.delete(resource, { namespace, name }).catch(unlessGone));
  await waitUntilGone(watched(), {
    name,
    label: `backup target ${name} is gone`,
    describe: describeTarget,
    ...timeouts.targetGone,
  });
};

/** Describes whether a backup target is available. Another listing with the same result changes nothing of it. */
export const describeAvailability = ({ spec, status }: BackupTarget): string => {
  const why = status?.conditions?.find(({ status }) => status === 'True')?.message;
  return `${spec.backupTargetURL || 'no URL'}, ${status?.available ? 'available' : 'not available'}${why ? `: ${why}` : ''}`;
};

/** Describes the status of a backup target in one line. */
export const describeTarget = (target: BackupTarget): string =>
  `${describeAvailability(target)}, listed ${target.status?.lastSyncedAt || 'never'}`;
