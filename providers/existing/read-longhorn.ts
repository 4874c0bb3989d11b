import { type Cluster, type KubernetesObject, unlessGone } from '../../e2e/kube/cluster.ts';
import { managerPods } from '../../e2e/longhorn/manager.ts';
import { longhornResources, longhornNamespace as namespace } from '../../e2e/longhorn/resources.ts';
import { isTooOld, supported } from '../../e2e/longhorn/supported.ts';
import type { BackupTarget, Node, Volume } from '../../e2e/longhorn/types.ts';
import { readVersion } from '../../e2e/longhorn/version.ts';
import { PreconditionError } from '../../e2e/machine/precondition-error.ts';
import { orThrowPreconditionError } from './refuse.ts';

/**
 * The Longhorn of a cluster: its version such as `v1.12.1`, its usable nodes, and the other nodes with
 * Longhorn's reason. `unset` has backup targets without a URL, because of which the others are unmounted.
 * `standby` has standby volumes, beside which no backup target can be removed.
 */
export type LonghornState = {
  version: string;
  ready: string[];
  notReady: string[];
  unset: string[];
  standby: string[];
};

/** Reads the Longhorn of a cluster. Throws PreconditionError if there is none, or none that scenarios can run on. */
export const readLonghorn = async (cluster: Cluster): Promise<LonghornState> => {
  const nodes = await orThrowPreconditionError("Longhorn's nodes cannot be read", () => readNodes(cluster));
  const managers = await orThrowPreconditionError('the longhorn-manager pods cannot be read', () =>
    managerPods(cluster),
  );
  if (nodes === undefined || (nodes.length === 0 && managers.length === 0))
    throw new PreconditionError({
      code: 'longhorn-missing',
      what: `there is no Longhorn in the namespace ${namespace} of ${cluster.server} (context ${cluster.context})`,
      remedy: 'install one first',
    });
  const version = await orThrowPreconditionError('the version of Longhorn cannot be read', () =>
    readVersion(cluster),
  );
  if (isTooOld(version))
    throw new PreconditionError({
      code: 'longhorn-too-old',
      what: `Longhorn ${version} is too old: scenarios need v${supported.oldest} or newer, with backup targets by name`,
    });
  const judged = nodes.map((node) => ({ name: node.metadata.name, problem: problemOf(node, managers) }));
  const ready = judged.filter(({ problem }) => problem === undefined).map(({ name }) => name);
  const notReady = judged
    .filter(({ problem }) => problem !== undefined)
    .map(({ name, problem }) => `${name} (${problem})`);
  if (ready.length === 0)
    throw new PreconditionError({
      code: 'longhorn-no-node-ready',
      what: `no node of Longhorn ${version} is ready: ${notReady.join(', ') || 'it has none'}`,
      remedy: `see kubectl -n ${namespace} get nodes.longhorn.io`,
    });
  const { unset, standby } = await orThrowPreconditionError(
    "Longhorn's backup targets and volumes cannot be read",
    () => readHazards(cluster),
  );
  return { version, ready: ready.toSorted(), notReady: notReady.toSorted(), unset, standby };
};

const readHazards = async (cluster: Cluster): Promise<Pick<LonghornState, 'unset' | 'standby'>> => {
  const [targets, volumes] = await Promise.all([
    cluster.list<BackupTarget>(longhornResources.backupTargets, { namespace }),
    cluster.list<Volume>(longhornResources.volumes, { namespace }),
  ]);
  const names = (found: KubernetesObject[]): string[] => found.map(({ metadata }) => metadata.name).sort();
  return {
    unset: names(targets.items.filter(({ spec }) => !spec.backupTargetURL)),
    standby: names(volumes.items.filter(({ spec }) => spec.Standby)),
  };
};

// The collection exists only if Longhorn's definitions do.
const readNodes = async (cluster: Cluster): Promise<Node[] | undefined> =>
  (await cluster.list<Node>(longhornResources.nodes, { namespace }).catch(unlessGone))?.items;

const problemOf = ({ metadata, status }: Node, managers: readonly { node: string }[]): string | undefined => {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  if (ready?.status !== 'True') return ready?.reason || 'not ready';
  return managers.some(({ node }) => node === metadata.name)
    ? undefined
    : 'no longhorn-manager pod runs on it';
};
