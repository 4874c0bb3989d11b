import type { ExistingCluster } from '../../e2e/config/config.ts';
import { hasBug } from '../../e2e/longhorn/bugs/bugs.ts';
import { allDisruptions, type Disruption, disruptions } from '../../e2e/longhorn/disruptions.ts';
import { longhornNamespace } from '../../e2e/longhorn/resources.ts';
import type { StoreDriver } from '../../e2e/store/driver.ts';
import { ownPrefixOf } from '../../e2e/store/drivers/s3/place.ts';
import type { LonghornState } from './read-longhorn.ts';
import type { SettingNames } from './setting-names.ts';

/** The facts about a cluster before anything is created in it. */
type ClusterFacts = {
  server: string;
  context: string;
  uid: string;
  kubernetes: string;
  longhorn: LonghornState;
  run: string;
  /** The kinds of stores that the run uses. */
  stores: readonly Pick<StoreDriver, 'called' | 'mounted'>[];
};

const list = (names: readonly Disruption[]): string[] =>
  names.map((name) => `  ${name}: ${disruptions[name]}`);

const allowed = (allow: readonly Disruption[], settingNames: SettingNames): string[] => {
  const not = allDisruptions.filter((disruption) => !allow.includes(disruption));
  return [
    ...(allow.length > 0
      ? [`Allowed (${settingNames.allow}):`, ...list(allow)]
      : [`Allowed (${settingNames.allow}): nothing that others on the cluster could feel`]),
    ...(not.length > 0 ? ['Not allowed, so scenarios that need it are skipped:', ...list(not)] : []),
  ];
};

const where = (namespace: string | undefined, run: string): string =>
  namespace === undefined ? `a namespace corral-${run}-store-…` : `the namespace ${namespace}`;

// States of Longhorn that disturb a run, whatever the scenarios do.
const warnings = ({ unset, standby, version }: LonghornState, stores: ClusterFacts['stores']): string[] => [
  ...(unset.length > 0 &&
  stores.some(({ mounted }) => mounted) &&
  hasBug('unset-target-unmounts-stores', version)
    ? [
        `  Backup targets without a URL: ${unset.join(', ')}. Such a one has Longhorn unmount all mounted stores every 30 s, below uploads too (known bug unset-target-unmounts-stores): give it a URL, or run on --store s3`,
      ]
    : []),
  ...(standby.length > 0
    ? [
        `  Volumes on standby: ${standby.join(', ')}. Beside them Longhorn lets no backup target be changed or removed: activate or remove them, or the scenarios' own targets stay`,
      ]
    : []),
];

/** The lines that identify the cluster and list what the run will create in it. */
export const announcementLines = (
  { server, context, uid, kubernetes, longhorn, run, stores }: ClusterFacts,
  {
    storeImage,
    ownBucket,
    namespace,
    allow,
  }: Pick<ExistingCluster, 'storeImage' | 'ownBucket' | 'namespace' | 'allow'>,
  settingNames: SettingNames,
): string[] => [
  `Cluster: ${server} (context ${context}), Kubernetes ${kubernetes}`,
  `  its UID, that of the namespace kube-system: ${uid}`,
  `  Longhorn ${longhorn.version}, ready on ${longhorn.ready.join(', ')}${longhorn.notReady.length > 0 ? `; not on ${longhorn.notReady.join(', ')}` : ''}`,
  ...warnings(longhorn, stores),
  `Each scenario makes in it, and removes again, all labelled corral.test/run=${run}:`,
  ownBucket === undefined
    ? `  ${stores.map(({ called }) => called.server).join(', then ')} (image ${storeImage}; its pod has some of root's capabilities) in ${where(namespace, run)}`
    : `  objects in the bucket ${ownBucket.bucket} at ${ownBucket.endpoint}, below ${ownPrefixOf({ namespace: namespace ?? `corral-${run}-store-…`, name: namespace && `corral-${run}-store-…` })}/, and Secrets with what it is logged in to by in ${where(namespace, run)} and ${longhornNamespace}`,
  `  in ${longhornNamespace}: a backup target corral-${run}-target-…, a volume corral-${run}-volume-…, its snapshots and backups, and recurring jobs of its own`,
  ...allowed(allow, settingNames),
];
