import type { Behaviour } from '../environment.ts';
import { type ApiAccess, createClient, ignoreMissing } from '../kubernetes/client.ts';
import { apiPathOf } from '../kubernetes/collection.ts';
import type { ApiObject } from '../kubernetes/objects.ts';
import type { Log } from '../log.ts';
import type { BackupTarget } from '../longhorn/objects.ts';
import { type Collection, openDatastore } from '../manager/datastore.ts';
import { managerName } from '../manifests/manager.ts';
import { confirmationFlag, deletedByUninstallation, namespace } from '../modelled-on.ts';

/** Deletes the objects of a collection, also those that come meanwhile. Returns when none is left. */
const clear = <T extends ApiObject>(
  collection: Collection<T>,
  remove: (object: T) => Promise<unknown> = ({ metadata }) => collection.delete(metadata.name),
): Promise<void> =>
  new Promise((resolve, reject) => {
    const look = (): void => {
      const left = collection.list();
      if (left.length === 0) resolve();
      for (const object of left)
        if (!object.metadata.deletionTimestamp) remove(object).catch(ignoreMissing).catch(reject);
    };
    collection.onEvent(look);
    look();
  });

const waitForManagers = async (): Promise<void> => {};

/**
 * Uninstalls Longhorn as its Job does, in the same order (uninstall_controller.go, uninstall and deleteCRs). The managers
 * do the work until they go. Settings, definitions and what else a manifest has stay. Returns the exit code.
 */
export const runUninstallation = async ({
  access,
  mutant,
  log,
}: Pick<Behaviour, 'mutant'> & { access: ApiAccess; log: Log }): Promise<0 | 1> => {
  const client = createClient(access);
  const datastore = await openDatastore({ client, log, signal: new AbortController().signal });
  const flag = datastore.settings.get(confirmationFlag)?.value;
  if (flag !== 'true' && mutant !== 'uninstallation-unconfirmed') {
    log.fatal(
      `cannot uninstall Longhorn because ${confirmationFlag} is set to \`false\`. Please set it to \`true\` using Longhorn UI or kubectl -n ${namespace} edit settings.longhorn.io ${confirmationFlag} `,
    );
    return 1;
  }
  log.info('Uninstalling...');
  const { volumes, snapshots, engines, replicas, backupTargets, backupVolumes, backups } = datastore;
  await clear(volumes);
  await clear(snapshots);
  await clear(engines);
  await clear(replicas);
  // Without a URL, its managers forget what is in the store and leave it there.
  const url = mutant === 'uninstallation-takes-files-along' ? {} : { backupTargetURL: '' };
  await clear(backupTargets, async ({ metadata: { name, annotations = {} }, spec, status }: BackupTarget) => {
    if (!(deletedByUninstallation in annotations))
      return backupTargets.patch(name, {
        metadata: { annotations: { [deletedByUninstallation]: '' } },
        spec: url,
      });
    // As a real v1.12.1 did: its manager says that it has no URL before it goes.
    if (spec.backupTargetURL === '' && status?.available) return;
    return backupTargets.delete(name);
  });
  await clear(backupVolumes, waitForManagers);
  await clear(backups, mutant === 'failed-backup-stops-uninstallation' ? waitForManagers : undefined);
  await clear(datastore.systemBackups, waitForManagers);
  await clear(datastore.engineImages);
  await clear(datastore.recurringJobs);
  await clear(datastore.nodes);
  await clear(datastore.instanceManagers);
  await clear(datastore.systemRestores);
  const managers = { group: 'apps', version: 'v1', plural: 'daemonsets', namespace };
  await client
    .request('DELETE', apiPathOf(managers, managerName), { propagationPolicy: 'Foreground' })
    .catch(ignoreMissing);
  await clear(datastore.managerPods, waitForManagers);
  log.info('Uninstallation completed');
  return 0;
};
