import { resources } from '../kube/resources.ts';
import type { Disruption } from '../longhorn/disruptions.ts';
import { defaultBackupTarget, longhornResources as longhorn } from '../longhorn/resources.ts';
import type { OwnBucket } from '../store/driver.ts';
import { driversOf } from '../store/drivers/index.ts';
import type { PermissionRule } from './rule.ts';
import { bucketAccessRules, ownNamespaceRules, sharedNamespaceRules, storeRules } from './stores.ts';

/** The requests of all scenarios in Longhorn's namespace. */
const base: readonly PermissionRule[] = [
  {
    place: 'longhorn',
    resource: longhorn.settings,
    verbs: ['get'],
    names: ['current-longhorn-version', 'recurring-job-max-retention'],
  },
  { place: 'longhorn', resource: longhorn.nodes, verbs: ['list'] },
  { place: 'longhorn', resource: longhorn.volumes, verbs: ['list', 'watch', 'create', 'patch', 'delete'] },
  { place: 'longhorn', resource: longhorn.volumeAttachments, verbs: ['list', 'watch', 'patch'] },
  { place: 'longhorn', resource: longhorn.engines, verbs: ['list', 'watch'] },
  {
    place: 'longhorn',
    resource: longhorn.replicas,
    verbs: ['list'],
    rareUse: 'read where a volume does not come, or does not go',
  },
  { place: 'longhorn', resource: longhorn.snapshots, verbs: ['list', 'watch', 'create', 'delete'] },
  { place: 'longhorn', resource: longhorn.backups, verbs: ['list', 'watch', 'create', 'patch', 'delete'] },
  { place: 'longhorn', resource: longhorn.backupVolumes, verbs: ['list', 'watch', 'delete'] },
  {
    place: 'longhorn',
    resource: longhorn.backupVolumes,
    verbs: ['patch'],
    rareUse: 'only where Longhorn is to look at one volume of a store alone',
  },
  { place: 'longhorn', resource: longhorn.backupTargets, verbs: ['list', 'watch', 'create', 'delete'] },
  {
    place: 'longhorn',
    resource: longhorn.backupTargets,
    verbs: ['patch'],
    rareUse: 'only where volumes have no block device, or where the store is to fail',
  },
  { place: 'longhorn', resource: resources.pods, verbs: ['list', 'watch'] },
  // Data are written to a volume through its block device, which the manager pods can access.
  { place: 'longhorn', resource: resources.pods, subresource: 'exec', verbs: ['get', 'create'] },

  // Longhorn creates a CronJob for each recurring job. Scenarios start its runs and read them.
  {
    place: 'longhorn',
    resource: longhorn.recurringJobs,
    verbs: ['list', 'watch', 'create', 'patch', 'delete'],
  },
  { place: 'longhorn', resource: resources.cronJobs, verbs: ['list', 'watch', 'patch'] },
  {
    place: 'longhorn',
    resource: resources.cronJobs,
    subresource: 'status',
    verbs: ['patch'],
    rareUse: 'only in the lab',
  },
  { place: 'longhorn', resource: resources.jobs, verbs: ['list', 'watch', 'create'] },
  { place: 'longhorn', resource: resources.pods, subresource: 'log', verbs: ['get'] },
  { place: 'longhorn', resource: resources.events, verbs: ['list', 'watch'] },

  // For Longhorn's user interface, if there is a browser.
  { place: 'longhorn', resource: resources.services, verbs: ['get'], names: ['longhorn-frontend'] },
  { place: 'longhorn', resource: resources.pods, subresource: 'portforward', verbs: ['get', 'create'] },
];

// Where the binary of the default engine image is.
const findsEngineBinary: PermissionRule = {
  place: 'longhorn',
  resource: longhorn.settings,
  verbs: ['get'],
  names: ['default-control-path', 'default-engine-image'],
};

/** The additional requests of scenarios with each disruption. */
const ofDisruptions: Record<Disruption, readonly PermissionRule[]> = {
  'manager-kill': [
    { place: 'longhorn', resource: resources.pods, verbs: ['delete'] },
    {
      place: 'longhorn',
      resource: longhorn.instanceManagers,
      verbs: ['list', 'watch', 'delete'],
      rareUse: 'only in the lab',
    },
  ],
  // The kill is an exec into the pod of an instance manager, which `base` allows.
  'replica-kill': [{ place: 'longhorn', resource: longhorn.replicas, verbs: ['list'] }],
  // Uses an exec into the manager pods, which `base` allows.
  'process-hold': [],
  // The mount is made by an exec into the manager pods, which `base` allows.
  'manager-mount': [findsEngineBinary],
  // Uses an exec into the store's pod.
  'store-stall': [],
  // Uses a change of the scenario's own backup target, which `base` allows.
  unmount: [],
  'admission-policy': [
    { place: 'cluster', resource: resources.validatingAdmissionPolicies, verbs: ['create', 'delete'] },
    { place: 'cluster', resource: resources.validatingAdmissionPolicyBindings, verbs: ['create', 'delete'] },
  ],
  settings: [
    {
      place: 'longhorn',
      resource: longhorn.settings,
      verbs: ['get', 'patch'],
      names: [
        'allow-empty-disk-selector-volume',
        'allow-empty-node-selector-volume',
        'allow-recurring-job-while-volume-detached',
        'allow-volume-creation-with-degraded-availability',
        'auto-cleanup-snapshot-after-on-demand-backup-completed',
        'auto-cleanup-system-generated-snapshot',
        'auto-cleanup-when-delete-backup',
        'backup-concurrent-limit',
        'concurrent-replica-rebuild-per-node-limit',
        'concurrent-volume-backup-restore-per-node-limit',
        'default-backup-block-size',
        'default-longhorn-static-storage-class',
        'deleting-confirmation-flag',
        'disable-snapshot-purge',
        'failed-backup-ttl',
        'recurring-successful-jobs-history-limit',
        'restore-concurrent-limit',
        'restore-volume-recurring-jobs',
      ],
    },
    { place: 'longhorn', resource: longhorn.nodes, verbs: ['get', 'watch', 'patch'] },
    // Those of a node from which they are evicted.
    { place: 'longhorn', resource: longhorn.replicas, verbs: ['list', 'watch'] },
  ],
  cordon: [{ place: 'cluster', resource: resources.nodes, verbs: ['get', 'patch'] }],
  'default-target': [
    {
      place: 'longhorn',
      resource: longhorn.backupTargets,
      verbs: ['get', 'patch'],
      names: [defaultBackupTarget],
    },
    {
      place: 'longhorn',
      resource: resources.configMaps,
      verbs: ['get', 'patch'],
      names: ['longhorn-default-resource'],
      rareUse: 'only in the lab',
    },
    {
      place: 'longhorn',
      resource: longhorn.systemBackups,
      verbs: ['list', 'watch', 'create', 'patch', 'delete'],
    },
    {
      place: 'longhorn',
      resource: longhorn.systemRestores,
      verbs: ['list', 'watch', 'create', 'patch', 'delete'],
    },
    // A system restore makes one again.
    { place: 'cluster', resource: resources.storageClasses, verbs: ['list', 'create', 'delete'] },
    {
      place: 'cluster',
      resource: resources.persistentVolumes,
      verbs: ['list', 'watch', 'create', 'delete'],
    },
    {
      place: 'longhorn',
      resource: resources.persistentVolumeClaims,
      verbs: ['list', 'watch', 'create', 'delete'],
    },
    // The pod of a system restore is killed.
    { place: 'longhorn', resource: resources.pods, verbs: ['delete'] },
  ],
  'volume-snapshots': [
    { place: 'cluster', resource: resources.volumeSnapshotClasses, verbs: ['create', 'delete'] },
    {
      place: 'cluster',
      resource: resources.volumeSnapshotContents,
      verbs: ['list', 'watch', 'create', 'delete'],
    },
    { place: 'cluster', resource: resources.persistentVolumes, verbs: ['create', 'delete'] },
    {
      place: 'longhorn',
      resource: resources.volumeSnapshots,
      verbs: ['list', 'watch', 'create', 'delete'],
    },
    // A claim of a VolumeSnapshot names one.
    { place: 'cluster', resource: resources.storageClasses, verbs: ['create', 'delete'] },
    {
      place: 'longhorn',
      resource: resources.persistentVolumeClaims,
      verbs: ['list', 'watch', 'create', 'delete'],
    },
  ],
  uninstallation: [
    { place: 'cluster', resource: resources.nodes, verbs: ['get'] },
    { place: 'longhorn', resource: resources.jobs, verbs: ['delete'] },
    { place: 'longhorn', resource: resources.daemonSets, verbs: ['list', 'watch', 'create', 'delete'] },
    { place: 'longhorn', resource: resources.deployments, verbs: ['list'] },
    {
      place: 'longhorn',
      resource: resources.deployments,
      verbs: ['watch', 'create', 'delete'],
      rareUse: 'only with the deployer of the CSI driver, which the emulator does not have',
    },
    { place: 'longhorn', resource: longhorn.nodes, verbs: ['list', 'watch'] },
    { place: 'longhorn', resource: longhorn.engineImages, verbs: ['list', 'watch'] },
    { place: 'longhorn', resource: longhorn.instanceManagers, verbs: ['list', 'watch'] },
    { place: 'longhorn', resource: longhorn.replicas, verbs: ['list'] },
    { place: 'longhorn', resource: longhorn.systemBackups, verbs: ['list'] },
  ],
  // The lab itself applies the manifest.
  upgrade: [
    { place: 'longhorn', resource: resources.daemonSets, verbs: ['list', 'watch'] },
    { place: 'longhorn', resource: longhorn.engineImages, verbs: ['list', 'watch'] },
  ],
  claims: [
    { place: 'cluster', resource: resources.storageClasses, verbs: ['create', 'delete'] },
    { place: 'cluster', resource: resources.persistentVolumes, verbs: ['create', 'delete'] },
    {
      place: 'longhorn',
      resource: resources.persistentVolumeClaims,
      verbs: ['list', 'watch', 'create', 'patch', 'delete'],
    },
    { place: 'longhorn', resource: resources.statefulSets, verbs: ['create', 'delete'] },
    {
      place: 'longhorn',
      resource: resources.secrets,
      verbs: ['create', 'delete'],
      rareUse: 'only in the lab',
    },
  ],
  // Uses an exec into the manager pods, which `base` allows.
  'engine-binary': [
    findsEngineBinary,
    { place: 'longhorn', resource: longhorn.engineImages, verbs: ['list', 'watch'] },
  ],
  // The lab is controlled directly. Kubernetes says what has become of its nodes.
  'node-fault': [{ place: 'longhorn', resource: longhorn.nodes, verbs: ['list', 'watch'] }],
};

/**
 * The additional requests for Longhorn's support bundle. It is downloaded through the service of the user interface.
 */
const ofSupportBundles: readonly PermissionRule[] = [
  {
    place: 'longhorn',
    resource: longhorn.supportBundles,
    verbs: ['list', 'watch', 'create', 'delete'],
    rareUse: 'asked where a scenario does not pass',
  },
];

/**
 * How scenarios run, as far as it determines the rights they need: the allowed disruptions, the namespace of all
 * stores (if they share one), and whether a support bundle is requested.
 */
export type RunScope = {
  disruptions: readonly Disruption[];
  namespace: string | undefined;
  supportBundle?: boolean;
  /** The kind of backup stores, or all kinds. The default is the first kind. */
  store?: string | undefined;
  /** The existing bucket of the stores. Undefined if they are not in one. */
  ownBucket?: OwnBucket | undefined;
};

/** All requests that scenarios may send to a cluster. */
export const neededRules = ({
  disruptions,
  namespace,
  supportBundle,
  store,
  ownBucket,
}: RunScope): readonly PermissionRule[] => {
  const stores = driversOf(store);
  const rules = [
    ...base,
    ...stores.flatMap(storeRules),
    ...(namespace === undefined ? ownNamespaceRules : stores.flatMap(sharedNamespaceRules)),
    ...disruptions.flatMap((disruption) => ofDisruptions[disruption]),
    ...(supportBundle ? ofSupportBundles : []),
    ...(ownBucket ? bucketAccessRules(ownBucket) : []),
  ];
  return [...rules, ...rules.flatMap(readWhatWasMade)];
};

// An uncertain creation is checked by reading the object by its name (e2e/kube/retry.ts).
const readWhatWasMade = ({ place, resource, subresource, verbs }: PermissionRule): PermissionRule[] =>
  verbs.includes('create') && subresource === undefined
    ? [
        {
          place,
          resource,
          verbs: ['get'],
          rareUse: 'asked when the API server lost the answer to a creation',
        },
      ]
    : [];
