import { resources } from '../kube/resources.ts';
import type { Disruption } from '../longhorn/disruptions.ts';
import { longhornResources as longhorn } from '../longhorn/resources.ts';
import type { OwnBucket } from '../store/driver.ts';
import { driversOf } from '../store/drivers/index.ts';
import type { PermissionRule } from './rule.ts';
import { inOwnNamespaces, inSharedNamespace, leadsTo, ofStores } from './stores.ts';

/** What scenarios do in Longhorn's namespace whatever they are about. */
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
    seldom: 'read where a volume does not come, or does not go',
  },
  { place: 'longhorn', resource: longhorn.snapshots, verbs: ['list', 'watch', 'create', 'delete'] },
  { place: 'longhorn', resource: longhorn.backups, verbs: ['list', 'watch', 'create', 'patch', 'delete'] },
  { place: 'longhorn', resource: longhorn.backupVolumes, verbs: ['list', 'watch', 'delete'] },
  {
    place: 'longhorn',
    resource: longhorn.backupVolumes,
    verbs: ['patch'],
    seldom: 'only where Longhorn is to look at one volume of a store alone',
  },
  { place: 'longhorn', resource: longhorn.backupTargets, verbs: ['list', 'watch', 'create', 'delete'] },
  {
    place: 'longhorn',
    resource: longhorn.backupTargets,
    verbs: ['patch'],
    seldom: 'only where volumes have no block device, or where the store is to fail',
  },
  { place: 'longhorn', resource: resources.pods, verbs: ['list', 'watch'] },
  // Data get into a volume by way of its block device, which the manager pods see.
  { place: 'longhorn', resource: resources.pods, subresource: 'exec', verbs: ['get', 'create'] },

  // Recurring jobs: Longhorn makes a CronJob of each, whose runs are started and read.
  {
    place: 'longhorn',
    resource: longhorn.recurringJobs,
    verbs: ['list', 'watch', 'create', 'patch', 'delete'],
  },
  { place: 'longhorn', resource: resources.cronJobs, verbs: ['list', 'watch', 'patch'] },
  { place: 'longhorn', resource: resources.jobs, verbs: ['list', 'watch', 'create'] },
  { place: 'longhorn', resource: resources.pods, subresource: 'log', verbs: ['get'] },
  { place: 'longhorn', resource: resources.events, verbs: ['list', 'watch'] },

  // Longhorn's user interface, where a browser is at hand.
  { place: 'longhorn', resource: resources.services, verbs: ['get'], names: ['longhorn-frontend'] },
  { place: 'longhorn', resource: resources.pods, subresource: 'portforward', verbs: ['get', 'create'] },
];

/** What scenarios do only where that disruption is allowed. */
const ofDisruptions: Record<Disruption, readonly PermissionRule[]> = {
  'manager-kill': [{ place: 'longhorn', resource: resources.pods, verbs: ['delete'] }],
  // An exec into the manager pods, as it is needed without it.
  'process-hold': [],
  // The mount itself is made by an exec into the manager pods, as it is needed without it.
  'manager-mount': [
    {
      place: 'longhorn',
      resource: longhorn.settings,
      verbs: ['get'],
      names: ['default-control-path', 'default-engine-image'],
    },
  ],
  // An exec into the store's pod.
  'store-stall': [],
  // By a change of the scenario's own target, as it is needed without it.
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
        'allow-recurring-job-while-volume-detached',
        'auto-cleanup-snapshot-after-on-demand-backup-completed',
        'auto-cleanup-when-delete-backup',
        'default-backup-block-size',
        'failed-backup-ttl',
        'recurring-successful-jobs-history-limit',
      ],
    },
  ],
  // No scenario changes it yet.
  'default-target': [],
  // Asked of the lab, not of Kubernetes.
  'node-fault': [],
};

/**
 * What scenarios do besides where Longhorn is asked for its support bundle, which comes through its user
 * interface's service.
 */
const ofSupportBundles: readonly PermissionRule[] = [
  {
    place: 'longhorn',
    resource: longhorn.supportBundles,
    verbs: ['list', 'watch', 'create', 'delete'],
    seldom: 'asked where a scenario does not pass',
  },
];

/**
 * How scenarios are run, as far as it decides what they need: the disruptions that they may bring about, the
 * namespace of all stores, if they share one, and whether Longhorn is asked for its support bundle.
 */
export type RunScope = {
  disruptions: readonly Disruption[];
  namespace: string | undefined;
  supportBundle?: boolean;
  /** The kind of backup stores, or all kinds; the first where none is named. */
  store?: string | undefined;
  /** The bucket that was there before, where the stores are in one. */
  ownBucket?: OwnBucket | undefined;
};

/** All that scenarios do on a cluster: what none of these rules says, none of them asks for. */
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
    ...stores.flatMap(ofStores),
    ...(namespace === undefined ? inOwnNamespaces : stores.flatMap(inSharedNamespace)),
    ...disruptions.flatMap((disruption) => ofDisruptions[disruption]),
    ...(supportBundle ? ofSupportBundles : []),
    ...(ownBucket ? leadsTo(ownBucket) : []),
  ];
  return [...rules, ...rules.flatMap(readWhatWasMade)];
};

// By its name (e2e/kube/resend.ts).
const readWhatWasMade = ({ place, resource, subresource, verbs }: PermissionRule): PermissionRule[] =>
  verbs.includes('create') && subresource === undefined
    ? [{ place, resource, verbs: ['get'], seldom: 'asked when the API server lost the answer to a creation' }]
    : [];
