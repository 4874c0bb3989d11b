import { allDeployments, csi, customResources, managers, webhooks } from './conditions-kubernetes.ts';
import { backupTarget, engineImage, instanceManagers, nodes } from './conditions-longhorn.ts';
import type { Release } from './release.ts';
import type { ConditionState, World } from './watches.ts';

/**
 * Something that must hold before Longhorn can be used; no `look` where there is nothing to look at, and why.
 */
export type ReadinessCondition = {
  title: string;
  look: ((world: World) => ConditionState) | undefined;
  without?: string;
};

/** What is tried, again and again, because no object tells of it. */
export type Attempts = { volumes: ConditionState; target: ConditionState };

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

/**
 * What a release must come to on these nodes, as section 6.2 of the notes on Longhorn's behaviour lists it.
 */
export const conditionsOf = (
  release: Release,
  names: readonly string[],
  attempts: Attempts,
): Record<keyof typeof titles, ReadinessCondition> => {
  const serves = (plural: string): boolean => release.definitions.includes(`${plural}.longhorn.io`);
  const looks: Record<keyof typeof titles, ReadinessCondition['look'] | false> = {
    customResources: (world) => customResources(world, release.definitions),
    managers: (world) => managers(world, names.length),
    webhooks: release.webhooks && webhooks,
    volumes: release.webhooks && (() => attempts.volumes),
    nodes: (world) => nodes(world, names),
    engineImage: serves('engineimages') && ((world) => engineImage(world, release.engineImage)),
    instanceManagers: serves('instancemanagers') && ((world) => instanceManagers(world, names)),
    target: (world) => backupTarget(world, attempts.target),
    csi: release.csi && csi,
    deployments: release.deployments.length > 0 && ((world) => allDeployments(world, release.deployments)),
  };
  const isOff: Partial<Record<string, boolean>> = {
    csi: release.notStarted.includes('longhorn-driver-deployer'),
    deployments: release.notStarted.length > 0,
  };
  const entries = Object.entries(titles).map(([name, title]) => {
    const without = isOff[name] ? 'not started, as their images are missing' : 'not in this release';
    return [name, { title, look: looks[name as keyof typeof titles] || undefined, without }];
  });
  return Object.fromEntries(entries);
};
