import type { StoreFixture } from '../backupstore/fixture.ts';
import type { Faults, Injected } from '../faults/fault.ts';
import { patchedObject } from '../faults/patched-object.ts';
import { longhornResources, defaultBackupTarget as name, longhornNamespace as namespace } from '../longhorn/resources.ts';
import { syncRequest } from '../longhorn/sync-request.ts';
import type { BackupTarget } from '../longhorn/types.ts';
import type { Cluster } from '../observe/cluster.ts';
import { once } from '../observe/expectation.ts';
import type { Timeline } from '../observe/timeline.ts';
import { limits } from './limits.ts';

const resource = longhornResources.backupTargets;

/** Points Longhorn's backup target at a store and returns when Longhorn can use it; leaveStore puts the old one back. */
export const useStore = async (
  { cluster, faults, targets }: { cluster: Cluster; faults: Faults; targets: Timeline<BackupTarget> },
  { url }: StoreFixture,
): Promise<{ target: Injected; before: BackupTarget }> => {
  const before = targets.current(name);
  if (before === undefined) throw new Error(`Longhorn has no backup target ${name}; every Longhorn since v1.8 has one`);
  const { backupTargetURL, credentialSecret = '', pollInterval = '5m0s' } = before.spec;
  const target = await faults.inject(
    patchedObject(cluster, {
      title: `Longhorn's backup target is ${url}`,
      resource,
      namespace,
      name,
      before: { spec: { backupTargetURL, credentialSecret, pollInterval } },
      after: { spec: { backupTargetURL: url, credentialSecret: '', pollInterval: '5m0s', syncRequestedAt: syncRequest(before) } },
    }),
  );
  // `available` may still speak of the store before; a later listing does not.
  await once(
    targets,
    ({ spec, status }) => spec.backupTargetURL === url && status?.available === true && status.lastSyncedAt !== before.status?.lastSyncedAt,
    {
      name,
      label: `the backup target ${url} is available`,
      describe: describeTarget,
      ...limits.targetAvailable,
    },
  );
  return { target, before };
};

/** Puts the old backup target back and waits until Longhorn has left the store: it must not be looked at once its server is gone. */
export const leaveStore = async ({
  cluster,
  targets,
  target,
  before,
}: {
  cluster: Cluster;
  targets: Timeline<BackupTarget>;
  target: Injected;
  before: BackupTarget;
}): Promise<void> => {
  const { backupTargetURL } = before.spec;
  const available = before.status?.available ?? false;
  const left = targets.current(name);
  const listed = left?.status?.lastSyncedAt;
  await target.heal();
  await cluster.patch(resource, { namespace, name }, { spec: { syncRequestedAt: syncRequest(left ?? before) } });
  await once(
    targets,
    ({ spec, status }) =>
      spec.backupTargetURL === backupTargetURL &&
      (status?.available ?? false) === available &&
      // Where it was available it still says so, of the scenario's store, until it has been listed again.
      (!available || status?.lastSyncedAt !== listed),
    { name, label: 'the backup target is as it was', describe: describeTarget, ...limits.targetRestored },
  );
};

const describeTarget = ({ spec, status }: BackupTarget): string => {
  const why = status?.conditions?.find(({ status }) => status === 'True')?.message;
  return `${spec.backupTargetURL || 'no URL'}, ${status?.available ? 'available' : 'not available'}${why ? `: ${why}` : ''}, listed ${status?.lastSyncedAt || 'never'}`;
};
