import { isDeepStrictEqual } from 'node:util';
import type { Cluster, KubernetesObject } from '../../../kube/cluster.ts';
import { lossOf } from '../../../kube/objects.ts';
import { shorten } from '../../../kube/text.ts';
import { longhornResources, longhornNamespace as namespace } from '../../../longhorn/resources.ts';
import type { Context } from '../context.ts';

type Fields = Record<string, unknown>;
type StoredObject = KubernetesObject & { spec?: Fields; status?: Fields };

const withoutKeys = (fields: Fields, keys: readonly string[]): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([key]) => !keys.includes(key)));

const onlyKeys = (fields: Fields, keys: readonly string[]): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([key]) => keys.includes(key)));

const ofOwner = ['ownerID', 'lastSyncedAt'];
const ofVolume = ['isStandby', 'lastBackup', 'lastBackupAt', 'restoreRequired'];

/** What an upgrade has to keep of the spec and the status of each kind of object. */
const kept = {
  backups: (spec: Fields, status: Fields) => ({ spec, status: withoutKeys(status, ofOwner) }),
  backupVolumes: (spec: Fields, status: Fields) => ({
    spec: withoutKeys(spec, ['syncRequestedAt']),
    status: withoutKeys(status, ofOwner),
  }),
  backupTargets: (spec: Fields, status: Fields) => ({
    spec: withoutKeys(spec, ['syncRequestedAt']),
    status: onlyKeys(status, ['available']),
  }),
  recurringJobs: (spec: Fields) => ({ spec }),
  // One on standby is attached where its manager is, which may be another one after an upgrade.
  volumes: (spec: Fields, status: Fields) =>
    spec.Standby === true
      ? { spec: withoutKeys(spec, ['nodeID']), status: onlyKeys(status, ofVolume) }
      : { spec, status: onlyKeys(status, ['state', 'currentNodeID', ...ofVolume]) },
  snapshots: (spec: Fields, status: Fields) => ({
    spec,
    status: onlyKeys(status, ['readyToUse', 'creationTime', 'size']),
  }),
};

type Kind = keyof typeof kept;

/** Longhorn's objects before an upgrade, as far as it has to keep them. */
export type Inventory = { kind: Kind; name: string; uid: string | undefined; fields: Fields }[];

const list = async (cluster: Cluster, kind: Kind): Promise<StoredObject[]> =>
  (await cluster.list<StoredObject>(longhornResources[kind], { namespace })).items;

const fieldsOf = (kind: Kind, { metadata, spec = {}, status = {} }: StoredObject): Fields => ({
  labels: metadata.labels ?? {},
  ...kept[kind](spec, status),
});

/** Lists what an upgrade has to keep of a run: everything that names it. Others may be at work. */
export const takeInventory = async ({
  cluster,
  run,
}: Pick<Context, 'cluster' | 'run'>): Promise<Inventory> => {
  const kinds = Object.keys(kept) as Kind[];
  const all = await Promise.all(
    kinds.map(async (kind) =>
      (await list(cluster, kind))
        .filter((object) => JSON.stringify(object).includes(`corral-${run}-`))
        .map((object) => ({
          ...{ kind, name: object.metadata.name, uid: object.metadata.uid },
          fields: fieldsOf(kind, object),
        })),
    ),
  );
  return all.flat();
};

/** The fields that had a value, and have another one. A newer version may give a value to others. */
const changed = (before: unknown, after: unknown, path: string): string[] => {
  if (before === null || before === undefined || before === '' || isDeepStrictEqual(before, after)) return [];
  if (typeof before === 'object' && !Array.isArray(before))
    return Object.entries(before).flatMap(([key, value]) =>
      changed(value, (after as Fields | null | undefined)?.[key], `${path}.${key}`),
    );
  const [was, is] = [before, after].map((value) => shorten(JSON.stringify(value) ?? 'nothing', 200));
  return [`${path} was ${was}, and is ${is}`];
};

/** What is no longer as it was: objects that are gone or were made again, and fields. */
export const lossesSince = async (cluster: Cluster, before: Inventory): Promise<string[]> => {
  const lists = new Map<Kind, StoredObject[]>();
  for (const kind of new Set(before.map((each) => each.kind))) lists.set(kind, await list(cluster, kind));
  return before.flatMap(({ kind, name, uid, fields }) => {
    const found = lists.get(kind)?.find(({ metadata }) => metadata.name === name);
    const called = `${longhornResources[kind].plural} ${name}`;
    if (found === undefined || lossOf(found) !== undefined) return [`${called} is gone`];
    if (found.metadata.uid !== uid) return [`${called} was deleted and made again`];
    const after = fieldsOf(kind, found);
    return Object.entries(fields).flatMap(([field, value]) =>
      changed(value, after[field], `${called}: ${field}`),
    );
  });
};

/** The recurring jobs from before an upgrade that do not keep by number, as all did before there was a policy. */
export const keptOtherwise = async (cluster: Cluster, before: Inventory): Promise<string[]> => {
  const isOld = ({ kind, fields }: Inventory[number]): boolean =>
    kind === 'recurringJobs' && !(fields.spec as Fields).retentionPolicy;
  const old = before.filter(isOld).map(({ name }) => name);
  return (await list(cluster, 'recurringJobs')).flatMap(({ metadata: { name }, spec }) =>
    old.includes(name) && spec?.retentionPolicy !== 'count-based'
      ? [`the policy of ${name} is ${spec?.retentionPolicy || 'not there'}`]
      : [],
  );
};
