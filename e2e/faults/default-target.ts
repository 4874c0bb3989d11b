import { z } from 'zod';
import type { Cluster } from '../kube/cluster.ts';
import {
  defaultBackupTarget,
  longhornResources,
  longhornNamespace as namespace,
} from '../longhorn/resources.ts';
import { syncRequest } from '../longhorn/sync-request.ts';
import type { BackupTarget } from '../longhorn/types.ts';
import { drivers } from '../store/drivers/index.ts';
import type { Fault, FaultKind } from './fault.ts';

const spec = z.object({ backupTargetURL: z.string(), credentialSecret: z.string().optional() });
const schema = z.object({ before: spec });

type TargetSpec = z.infer<typeof spec>;

const resource = longhornResources.backupTargets;
const where = { namespace, name: defaultBackupTarget };

const readTarget = (cluster: Cluster): Promise<BackupTarget> => cluster.get<BackupTarget>(resource, where);

const change = async (cluster: Cluster, to: TargetSpec): Promise<void> => {
  const syncRequestedAt = await syncRequest(await readTarget(cluster));
  await cluster.patch(resource, where, { spec: { credentialSecret: '', ...to, syncRequestedAt } });
};

const on = async (cluster: Cluster, to: TargetSpec): Promise<Fault> => {
  const { backupTargetURL, credentialSecret = '' } = (await readTarget(cluster)).spec;
  return {
    kind: defaultTargetChanged,
    title: `the backup target default is on ${to.backupTargetURL}`,
    data: { before: { backupTargetURL, credentialSecret } },
    inject: () => change(cluster, to),
    prove: async () => {
      const found = (await readTarget(cluster)).spec.backupTargetURL;
      if (found === to.backupTargetURL) return `its URL is ${found}`;
      throw new Error(`the fault is not in force: the URL of the backup target default is ${found}`);
    },
  };
};

// A scenario may have moved the target to another of its stores, and a target that is made again has no URL.
const isOfARun = (url: string): boolean => drivers.some(({ placeOf }) => placeOf(url) !== undefined);

const restore = async (cluster: Cluster, data: unknown): Promise<string> => {
  const { before } = schema.parse(data);
  const url = (await readTarget(cluster)).spec.backupTargetURL;
  if (url === before.backupTargetURL) return 'it has the URL that it had';
  if (url !== '' && !isOfARun(url))
    return `somebody else has changed its URL meanwhile, to ${url}: it stays so`;
  await change(cluster, before);
  return `it has the URL ${before.backupTargetURL} again`;
};

/** The default backup target is on a store of the scenario. Longhorn has its system backups there alone. */
export const defaultTargetChanged = {
  name: 'defaultTargetChanged',
  ledgerName: 'default-target-changed',
  disruption: 'default-target',
  // No other scenario uses this target meanwhile.
  reach: 'none',
  heal: restore,
  on,
  document: {
    about: 'The backup target `default` is on a store of the scenario.',
    inject: 'a merge patch of its URL, and a request to sync it',
    prove: 'the target has the URL',
    heal: 'it gets the URL back that it had before, and is synced, unless somebody else has changed it since',
    bound: 'none; a dead run is undone by `npx corral heal` with its ledger',
    otherUsers:
      'whoever uses the target `default`: its backups are unknown to Longhorn until the heal, and new ones go to the store of the scenario. If it had no URL, Longhorn unmounts all stores at the heal. Therefore only in a lab, which gives it one',
    'in scenarios': '`given.defaultTargetOn`, undone at the end of the scenario',
  },
} as const satisfies FaultKind & { on: typeof on };
