import { runIdPattern } from '../../config/run-id.ts';
import {
  ApiError,
  type Cluster,
  type KubernetesObject,
  type Resource,
  resources,
} from '../../kube/cluster.ts';
import { runLabelName } from '../steps/created-objects.ts';
import type { CleanupKind } from './kind.ts';
import { cleanupKinds, type KindName, kindNames } from './kinds.ts';

/** An object of a run in the cluster. */
export type LeftOver = { kind: KindName; run: string; object: KubernetesObject };

/** The ids of the runs to clean up; `all` means every run that has a label in the cluster. */
export type Wanted = ReadonlySet<string> | 'all';

/** `namespace`: the namespace that all backup stores share, if they have none of their own. */
export type Search = { wanted: Wanted; namespace?: string | undefined };

/**
 * Finds what is left of runs, in the order of removal: objects with a run's label, and objects of a run's volume,
 * backup target or recurring job. The name of these contains the run's id. If such an owner has no label, it belongs
 * to somebody else.
 */
export const findLeftOver = async (cluster: Cluster, { wanted, namespace }: Search): Promise<LeftOver[]> => {
  const listed = await Promise.all(
    kindNames.map(async (kind) => ({ kind, objects: await list(cluster, cleanupKinds[kind], namespace) })),
  );
  const all = listed.flatMap(({ objects }) => objects);
  const runs: ReadonlySet<string> =
    wanted === 'all' ? new Set(all.flatMap((object) => labelledRun(object) ?? [])) : wanted;
  const isOwned = (kind: CleanupKind, object: KubernetesObject): boolean =>
    labelledRun(object) !== undefined || kind.owners?.(object).some((name) => runInName(name)) === true;
  const strangers = new Set(
    listed
      .map(({ kind, objects }) => ({ kind: cleanupKinds[kind] as CleanupKind, objects }))
      .filter(({ kind }) => kind.owns)
      .flatMap(({ kind, objects }) => objects.filter((object) => !isOwned(kind, object)))
      .map(({ metadata }) => metadata.name),
  );
  const runOf = (kind: CleanupKind, object: KubernetesObject): string | undefined => {
    // A label has priority over the owner.
    const labelled = labelledRun(object);
    if (labelled !== undefined) return labelled;
    const owners = (kind.owners?.(object) ?? []).filter((name) => name !== undefined && !strangers.has(name));
    return owners.map(runInName).find((run) => run !== undefined);
  };
  const ofKind = (kind: KindName): KubernetesObject[] =>
    listed.find((each) => each.kind === kind)?.objects ?? [];
  const volumes = new Set(ofKind('volumes').map(({ metadata }) => metadata.name));
  const goes = (object: KubernetesObject): boolean => runs.has(labelledRun(object) ?? '');
  const namespaces = new Set(
    ofKind('namespaces')
      .filter(goes)
      .map(({ metadata }) => metadata.name),
  );
  const goesWithAnother = ({ isPart, isAnywhere, owners }: CleanupKind, object: KubernetesObject): boolean =>
    (isPart === true && owners?.(object).some((name) => name !== undefined && volumes.has(name)) === true) ||
    (isAnywhere === true && namespaces.has(object.metadata.namespace ?? ''));
  return listed.flatMap(({ kind, objects }) =>
    objects.flatMap((object) => {
      const run = runOf(cleanupKinds[kind], object);
      return run !== undefined && runs.has(run) && !goesWithAnother(cleanupKinds[kind], object)
        ? [{ kind, run, object }]
        : [];
    }),
  );
};

/**
 * Returns the run in an object's label. Undefined if the label is not a run id, as on the store of a lab's default
 * target.
 */
export const labelledRun = ({ metadata }: KubernetesObject): string | undefined => {
  const run = metadata.labels?.[runLabelName];
  return run !== undefined && runIdPattern.test(run) ? run : undefined;
};

const runInName = (name: string | undefined): string | undefined =>
  /^corral-([a-z0-9]{6})-/.exec(name ?? '')?.[1];

const isPolicy = ({ group }: Resource): boolean => group === resources.validatingAdmissionPolicies.group;
const isRight = ({ group }: Resource): boolean => group === resources.roles.group;

// What only scenarios of system backups and of CSI make.
const ofStorage: readonly Resource[] = [
  resources.storageClasses,
  resources.persistentVolumes,
  resources.persistentVolumeClaims,
  resources.volumeSnapshots,
  resources.volumeSnapshotContents,
  resources.volumeSnapshotClasses,
];
const isStorage = ({ plural }: Resource): boolean => ofStorage.some((each) => each.plural === plural);

const isSecret = ({ plural }: Resource): boolean => plural === resources.secrets.plural;

// A cluster without Longhorn has no Longhorn objects (404), and one without CSI's snapshots none of those. An account
// that must not list policies, rights, Secrets and what storage is made of (403) has not made any.

const list = async (
  cluster: Cluster,
  kind: CleanupKind,
  shared: string | undefined,
): Promise<KubernetesObject[]> => {
  const { resource, owners, owns, isAnywhere, except } = kind;
  // The stores in a shared namespace have no namespaces of their own.
  if (shared !== undefined && resource.plural === 'namespaces') return [];
  const namespace = isAnywhere && !isRight(resource) ? shared : kind.namespace;
  const labelSelector = owners === undefined && owns === undefined ? { labelSelector: runLabelName } : {};
  try {
    const { items } = await cluster.list<KubernetesObject>(resource, {
      ...(namespace !== undefined && { namespace }),
      ...labelSelector,
    });
    return items.filter(({ metadata }) => except === undefined || metadata.namespace !== except);
  } catch (error) {
    if (
      error instanceof ApiError &&
      (error.status === 404 ||
        (error.status === 403 && [isPolicy, isRight, isSecret, isStorage].some((is) => is(resource))))
    )
      return [];
    throw error;
  }
};
