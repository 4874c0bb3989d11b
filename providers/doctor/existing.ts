import type { ExistingCluster } from '../../e2e/config/config.ts';
import { type Cluster, type KubernetesObject, resources } from '../../e2e/kube/cluster.ts';
import { longhornResources, longhornNamespace as namespace } from '../../e2e/longhorn/resources.ts';
import { isUnknownNewer, supported } from '../../e2e/longhorn/supported.ts';
import type { BackupTarget } from '../../e2e/longhorn/types.ts';
import { type MissingRights, missingRights } from '../../e2e/permissions/missing.ts';
import type { OwnBucket } from '../../e2e/store/driver.ts';
import { checkBucketListing } from '../../e2e/store/drivers/s3/own-bucket.ts';
import { type ConnectedCluster, connectExisting } from '../existing/connect-existing.ts';
import { describeMissingRights } from '../existing/missing-rights.ts';
import { type LonghornState, readLonghorn } from '../existing/read-longhorn.ts';
import { orThrowPreconditionError } from '../existing/refuse.ts';
import { flagSettingNames } from '../existing/setting-names.ts';
import { type Check, missingCheck, okCheck, runCheck, warningCheck } from './check.ts';

/** Checks an existing cluster with the rights of its user. Creates nothing in it. */
export const examineExisting = async (existing: ExistingCluster): Promise<Check[]> => {
  let met: ConnectedCluster | undefined;
  const cluster = await runCheck('cluster', async () => {
    met = await connectExisting(existing, flagSettingNames);
    const { server, context } = met.cluster;
    return `${server} (context ${context}), Kubernetes ${met.kubernetes}, its UID: ${met.uid}`;
  });
  if (met === undefined) return [cluster];
  const { cluster: api, uid } = met;
  let longhorn: LonghornState | undefined;
  const found = await runCheck('Longhorn', async () => {
    longhorn = await readLonghorn(api);
    return longhorn.version;
  });
  return [
    cluster,
    ...checkUid(uid, existing),
    found,
    ...(longhorn === undefined ? [] : [...judge(longhorn), await examineTargets(api)]),
    ...(await examineRights(api, existing)),
    existing.ownBucket === undefined
      ? await examineImage(api, existing)
      : await examineBucket(api, existing.ownBucket),
  ];
};

const checkUid = (uid: string, { expectCluster }: ExistingCluster): Check[] => {
  if (expectCluster === undefined) return [];
  if (expectCluster === uid) return [okCheck('expected cluster', 'it is that of --expect-cluster')];
  return [
    missingCheck('expected cluster', {
      what: `this is another one than that of --expect-cluster ${expectCluster}`,
      remedy: 'name that one by --kubeconfig and --context',
    }),
  ];
};

const judge = ({ version, ready, notReady }: LonghornState): Check[] => [
  ...(isUnknownNewer(version)
    ? [
        warningCheck(
          'version',
          `${version} is newer than v${supported.newest}, the newest that the scenarios were tried on: they expect what that one does`,
        ),
      ]
    : []),
  ready.length < 3
    ? warningCheck('nodes', `ready: ${ready.join(', ')}; the documents ask for three`)
    : okCheck('nodes', `ready: ${ready.join(', ')}`),
  ...notReady.map((node) =>
    warningCheck('nodes', `not ready: ${node}`, `kubectl -n ${namespace} get nodes.longhorn.io`),
  ),
];

const examineTargets = (cluster: Cluster): Promise<Check> =>
  runCheck('backup targets by name', async () => {
    const { items } = await orThrowPreconditionError('the backup targets cannot be read', () =>
      cluster.list<BackupTarget>(longhornResources.backupTargets, { namespace }),
    );
    return `each scenario makes one of its own, beside ${items.map(({ metadata }) => metadata.name).join(', ') || 'none'}`;
  });

const examineRights = async (cluster: Cluster, wanted: ExistingCluster): Promise<Check[]> => {
  let lacking: MissingRights | undefined;
  const rights = await runCheck('rights', async () => {
    lacking = await orThrowPreconditionError('the permissions cannot be determined', () =>
      missingRights(cluster, wanted),
    );
    return 'all that the run needs';
  });
  if (lacking === undefined) return [rights];
  // One check per right. The remedy is the same for all.
  const { remedy } = describeMissingRights(lacking, {
    context: cluster.context,
    settingNames: flagSettingNames,
  });
  return lacking.rights.map((what) => missingCheck('right', { what, remedy }));
};

// Whether the bucket is writable only shows in the run, because nothing is created here.
const examineBucket = (cluster: Cluster, bucket: OwnBucket): Promise<Check> =>
  runCheck('bucket', async () => {
    await checkBucketListing(cluster, bucket, 'doctor');
    return `${bucket.bucket} at ${bucket.endpoint} can be listed`;
  });

type Node = KubernetesObject & { status?: { images?: { names?: string[] | null }[] | null } };

// Whether the cluster can pull the image only shows in the run, because nothing is created here.
const examineImage = async (cluster: Cluster, { storeImage }: ExistingCluster): Promise<Check> => {
  const { items } = await cluster.list<Node>(resources.nodes).catch(() => ({ items: [] as Node[] }));
  const having = items.filter(({ status }) =>
    status?.images?.some(({ names }) => names?.some((name) => isOf(name, storeImage))),
  );
  if (having.length > 0)
    return okCheck('store image', `${storeImage} is on ${having.length} of ${items.length} nodes`);
  return warningCheck(
    'store image',
    `${storeImage} is on no node yet: whether the cluster can pull it shows in the run`,
  );
};

// Nodes list images with complete names, users often omit the registry.
const isOf = (name: string, image: string): boolean => name === image || name.endsWith(`/${image}`);
