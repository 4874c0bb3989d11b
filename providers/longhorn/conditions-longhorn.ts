import type { KubernetesObject } from '../../e2e/kube/cluster.ts';
import type { BackupTarget } from '../../e2e/longhorn/types.ts';
import { wholeName } from './images.ts';
import type { ConditionState, World } from './watches.ts';

type Condition = { type: string; status: string; reason?: string; message?: string };
type Disk = { conditions?: Condition[] | null; storageAvailable?: number; diskPath?: string };
type Node = KubernetesObject & {
  status?: { conditions?: Condition[] | null; diskStatus?: Record<string, Disk | null> | null };
};
type EngineImage = KubernetesObject & {
  spec?: { image?: string };
  status?: {
    state?: string;
    conditions?: Condition[] | null;
    nodeDeploymentMap?: Record<string, boolean> | null;
  };
};
type InstanceManager = KubernetesObject & {
  spec?: { nodeID?: string; dataEngine?: string };
  status?: { currentState?: string; conditions?: Condition[] | null };
};

const describeCondition = ({ type, status, reason, message }: Condition): string => {
  const why = [reason, message].filter((text) => text).join(': ');
  return `${type} is ${status}${why ? ` (${why})` : ''}`;
};

/** Those of the wanted conditions that are not True, in words. */
const lacking = (conditions: Condition[] | null | undefined): string[] =>
  ['Ready', 'Schedulable'].flatMap((type) => {
    const condition = conditions?.find((each) => each.type === type);
    if (condition === undefined) return [`${type} is not known yet`];
    return condition.status === 'True' ? [] : [describeCondition(condition)];
  });

const lackOfDisk = ([name, disk]: [string, Disk | null]): string[] => [
  ...lacking(disk?.conditions).map((lack) => `disk ${disk?.diskPath ?? name}: ${lack}`),
  ...((disk?.storageAvailable ?? 0) > 0 ? [] : [`disk ${disk?.diskPath ?? name}: no storage is available`]),
];

const lackOfNode = (node: Node | undefined): string[] => {
  if (node === undefined) return ['not there yet'];
  const disks = Object.entries(node.status?.diskStatus ?? {});
  return [
    ...lacking(node.status?.conditions),
    ...(disks.length > 0 ? disks.flatMap(lackOfDisk) : ['no disk is known yet']),
  ];
};

/** Says of each node what it lacks. */
const ofEach = (
  names: readonly string[],
  { lackOf, met }: { lackOf: (name: string) => string[]; met: string },
): ConditionState => {
  const lacks = names.map((name) => ({ name, lacks: lackOf(name) })).filter(({ lacks }) => lacks.length > 0);
  return {
    met: lacks.length === 0,
    state:
      lacks.length === 0 ? met : lacks.map(({ name, lacks }) => `${name}: ${lacks.join(', ')}`).join('; '),
  };
};

/** Every node is Ready and Schedulable, and so is each of its disks, with room on it. */
export const nodes = (world: World, names: readonly string[]): ConditionState =>
  ofEach(names, {
    lackOf: (name) => lackOfNode(world.find<Node>('nodes', name)),
    met: `${names.length} ready`,
  });

/** The image is `deployed`: its binary lies on every node. Without a name, any one will do. */
export const engineImage = (world: World, name: string | undefined): ConditionState => {
  const images = world.objects<EngineImage>('engineImages');
  const meant = images.filter(
    ({ spec }) => name === undefined || wholeName(spec?.image ?? '') === wholeName(name),
  );
  const [image] = meant;
  if (image === undefined) return { met: false, state: `${name ?? 'no engine image'} is not there yet` };
  const { state, conditions, nodeDeploymentMap } = image.status ?? {};
  const on = Object.entries(nodeDeploymentMap ?? {}).flatMap(([node, deployed]) => (deployed ? [node] : []));
  const why = (conditions ?? []).filter(({ status }) => status !== 'True').map(describeCondition);
  const described = [
    state || 'new',
    `on ${on.toSorted().join(', ') || 'no node'}`,
    ...(state === 'deployed' ? [] : why),
  ];
  return { met: state === 'deployed', state: described.join(', ') };
};

/** One for volumes of the v1 engine is `running` on every node. */
export const instanceManagers = (world: World, names: readonly string[]): ConditionState => {
  const all = world.objects<InstanceManager>('instanceManagers');
  const lackOf = (node: string): string[] => {
    const own = all.filter(({ spec }) => spec?.nodeID === node && (spec.dataEngine ?? 'v1') === 'v1');
    if (own.some(({ status }) => status?.currentState === 'running')) return [];
    const [manager] = own;
    if (manager === undefined) return ['not there yet'];
    const why = (manager.status?.conditions ?? [])
      .filter(({ status }) => status !== 'True')
      .map(describeCondition);
    return [manager.status?.currentState || 'new', ...why];
  };
  return ofEach(names, { lackOf, met: `${names.length} running` });
};

/** It has been pointed at the store, and Longhorn has listed that since. */
export const backupTarget = (world: World, pointed: ConditionState): ConditionState => {
  const target = world.find<BackupTarget>('backupTargets', 'default');
  if (target === undefined) return { met: false, state: 'not there yet' };
  if (!pointed.met) return pointed;
  const { available, conditions, lastSyncedAt } = target.status ?? {};
  const url = target.spec.backupTargetURL;
  // Up to v1.9 both come together; since v1.10 it is first available, and listed with the next look.
  if (available && lastSyncedAt) return { met: true, state: url };
  const why = (conditions ?? [])
    .filter(({ type, status }) => type === 'Unavailable' && status === 'True')
    .map(({ message }) => message);
  return {
    met: false,
    state: [url, available ? 'available, not listed yet' : 'not available yet', ...why].join(', '),
  };
};
