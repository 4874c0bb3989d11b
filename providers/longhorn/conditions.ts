import type { KubernetesObject } from '../../e2e/kube/cluster.ts';
import type { WithConditions } from '../../e2e/kube/objects.ts';
import { lacksOfDaemonSet, notThere } from '../../e2e/kube/rollout.ts';
import {
  findUnmet,
  lacksOfEngineImage,
  lacksOfInstanceManager,
  lacksOfNode,
} from '../../e2e/longhorn/readiness.ts';
import type { BackupTarget, EngineImage } from '../../e2e/longhorn/types.ts';
import { completeImageName } from './images.ts';
import type { Release } from './release.ts';
import type { InstallationWatches } from './watches.ts';

type WebhookConfiguration = KubernetesObject & { webhooks?: { clientConfig?: { caBundle?: string } }[] };
/**
 * A condition that must hold before Longhorn can be used. `findMissing` returns what is still missing. It is
 * undefined if the condition does not apply, and `notApplicable` has the reason.
 */
export type ReadinessCondition = {
  title: string;
  findMissing: ((watches: InstallationWatches) => string[]) | undefined;
  notApplicable: string;
};

/** Failures of the repeated attempts, for conditions that no object shows. */
export type AttemptFailures = { volumes: string[]; target: string[] };

const ofEach = (names: readonly string[], lacksOf: (name: string) => string[]): string[] =>
  names.flatMap((name) => {
    const lacks = lacksOf(name);
    return lacks.length === 0 ? [] : [`${name}: ${lacks.join(', ')}`];
  });

const rolledOut = (watches: InstallationWatches, name: string, least: number): string[] =>
  lacksOfDaemonSet(watches.find('daemonSets', name), least);

const established = (watches: InstallationWatches, names: readonly string[]): string[] => {
  const open = names.filter((name) => {
    const { status } = watches.find<WithConditions>('customResourceDefinitions', name) ?? {};
    return findUnmet(status, 'Established').length > 0;
  });
  return open.length === 0 ? [] : [`${names.length - open.length} of ${names.length}`];
};

const webhookCollections = {
  'longhorn-webhook-validator': 'validatingWebhooks',
  'longhorn-webhook-mutator': 'mutatingWebhooks',
} as const;

const registered = (watches: InstallationWatches): string[] =>
  Object.entries(webhookCollections).flatMap(([name, collection]) => {
    const configuration = watches.find<WebhookConfiguration>(collection, name);
    if (configuration === undefined) return [`${name} is not there yet`];
    const { webhooks = [] } = configuration;
    // The API server trusts the webhooks with it.
    const isKnown = webhooks.length > 0 && webhooks.every(({ clientConfig }) => clientConfig?.caBundle);
    return isKnown ? [] : [`${name} has no caBundle yet`];
  });

const available = (watches: InstallationWatches, names: readonly string[]): string[] =>
  ofEach(names, (name) => {
    const deployment = watches.find<WithConditions>('deployments', name);
    return deployment === undefined ? notThere : findUnmet(deployment.status, 'Available');
  });

const csiParts = ['csi-attacher', 'csi-provisioner', 'csi-resizer', 'csi-snapshotter'];

/** What the driver deployer creates: the driver, a plugin on each node, and the four parts. */
const csi = (watches: InstallationWatches): string[] => [
  ...(watches.find('csiDrivers', 'driver.longhorn.io') ? [] : ['driver.longhorn.io is not registered yet']),
  ...ofEach(['longhorn-csi-plugin'], (name) => rolledOut(watches, name, 1)),
  ...available(watches, csiParts),
];

/** Whether the image is `deployed`. Without a name, any engine image counts. */
const deployed = (watches: InstallationWatches, name: string | undefined): string[] => {
  const image = watches
    .objects<EngineImage>('engineImages')
    .find(
      ({ spec }) => name === undefined || completeImageName(spec?.image ?? '') === completeImageName(name),
    );
  return image === undefined ? [`${name ?? 'no engine image'} is not there yet`] : lacksOfEngineImage(image);
};

/** Whether the target has the store's URL, and Longhorn has listed the store since. */
const listed = (watches: InstallationWatches, pointed: string[]): string[] => {
  const target = watches.find<BackupTarget>('backupTargets', 'default');
  if (target === undefined) return notThere;
  if (pointed.length > 0) return pointed;
  const { available, conditions, lastSyncedAt } = target.status ?? {};
  // Up to v1.9 both are set together. Since v1.10, `available` is set first, and the next sync lists the store.
  if (available && lastSyncedAt) return [];
  const why = (conditions ?? [])
    .filter(({ type, status }) => type === 'Unavailable' && status === 'True')
    .map(({ message = '' }) => message);
  const state = available ? 'available, not listed yet' : 'not available yet';
  return [target.spec.backupTargetURL, state, ...why];
};

const titles = {
  customResources: 'its custom resources are served',
  managers: 'a longhorn-manager is ready on each node',
  webhooks: 'its webhooks are registered',
  volumes: 'its webhooks take a volume (asked without making one)',
  nodes: 'each Longhorn node is ready and schedulable, its disk too',
  engineImage: 'the default engine is deployed',
  instanceManagers: 'an instance manager runs on each node',
  target: 'the backup target default is available',
  csi: 'the CSI driver is registered and its pods are ready',
  deployments: 'its deployments are available',
} as const;

/** The conditions for a release on these nodes, from section 6.2 of the notes on Longhorn's behaviour. */
export const readinessConditions = (
  release: Release,
  names: readonly string[],
  attempts: AttemptFailures,
): Record<keyof typeof titles, ReadinessCondition> => {
  const serves = (plural: string): boolean => release.definitions.includes(`${plural}.longhorn.io`);
  const missing: Record<keyof typeof titles, ReadinessCondition['findMissing'] | false> = {
    customResources: (watches) => established(watches, release.definitions),
    managers: (watches) => rolledOut(watches, 'longhorn-manager', names.length),
    webhooks: release.webhooks && registered,
    volumes: release.webhooks && (() => attempts.volumes),
    nodes: (watches) => ofEach(names, (name) => lacksOfNode(watches.find('nodes', name))),
    engineImage: serves('engineimages') && ((watches) => deployed(watches, release.engineImage)),
    instanceManagers:
      serves('instancemanagers') &&
      ((watches) =>
        ofEach(names, (node) => lacksOfInstanceManager(watches.objects('instanceManagers'), node))),
    target: (watches) => listed(watches, attempts.target),
    csi: release.csi && csi,
    deployments: release.deployments.length > 0 && ((watches) => available(watches, release.deployments)),
  };
  const isOff: Partial<Record<string, boolean>> = {
    csi: release.notStarted.includes('longhorn-driver-deployer'),
    deployments: release.notStarted.length > 0,
  };
  const entries = Object.entries(titles).map(([name, title]) => {
    const notApplicable = isOff[name] ? 'not started, as their images are missing' : 'not in this release';
    return [name, { title, findMissing: missing[name as keyof typeof titles] || undefined, notApplicable }];
  });
  return Object.fromEntries(entries);
};
