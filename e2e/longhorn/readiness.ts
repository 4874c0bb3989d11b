import { notThere } from '../kube/rollout.ts';
import type { EngineImage, InstanceManager, Node } from './types.ts';

type Conditions = Pick<NonNullable<EngineImage['status']>, 'conditions'>;
type Condition = NonNullable<Conditions['conditions']>[number];

const describeCondition = ({ type, status, reason, message }: Condition): string => {
  const why = [reason, message].filter((text) => text).join(': ');
  return `${type} is ${status}${why ? ` (${why})` : ''}`;
};

/** Those of the wanted conditions that are not True. */
export const findUnmet = ({ conditions }: Conditions = {}, ...wanted: string[]): string[] =>
  wanted.flatMap((type) => {
    const condition = conditions?.find((each) => each.type === type);
    if (condition === undefined) return [`${type} is not known yet`];
    return condition.status === 'True' ? [] : [describeCondition(condition)];
  });

const findAllUnmet = ({ conditions }: Conditions = {}): string[] =>
  (conditions ?? []).filter(({ status }) => status !== 'True').map(describeCondition);

/** What a node lacks to have replicas. */
export const lacksOfNode = ({ status }: Partial<Node> = {}): string[] => {
  const disks = Object.entries(status?.diskStatus ?? {});
  return [
    ...findUnmet(status, 'Ready', 'Schedulable'),
    ...(disks.length > 0 ? disks.flatMap(lacksOfDisk) : ['no disk is known yet']),
  ];
};

type Disk = NonNullable<NonNullable<Node['status']>['diskStatus']>[string];

const lacksOfDisk = ([name, disk]: [string, Disk]): string[] =>
  [
    ...findUnmet(disk ?? {}, 'Ready', 'Schedulable'),
    ...((disk?.storageAvailable ?? 0) > 0 ? [] : ['no storage is available']),
  ].map((lack) => `disk ${disk?.diskPath ?? name}: ${lack}`);

/** What an engine image lacks to be on every node. */
export const lacksOfEngineImage = ({ status }: EngineImage): string[] => {
  const { state, nodeDeploymentMap } = status ?? {};
  if (state === 'deployed') return [];
  const on = Object.entries(nodeDeploymentMap ?? {}).flatMap(([node, isThere]) => (isThere ? [node] : []));
  return [state || 'new', `on ${on.toSorted().join(', ') || 'no node'}`, ...findAllUnmet(status)];
};

/** What the instance manager for v1 volumes lacks to run on a node. */
export const lacksOfInstanceManager = (managers: InstanceManager[], node: string): string[] => {
  const own = managers.filter(({ spec }) => spec.nodeID === node && (spec.dataEngine ?? 'v1') === 'v1');
  if (own.some(({ status }) => status?.currentState === 'running')) return [];
  const [manager] = own;
  return manager === undefined
    ? notThere
    : [manager.status?.currentState || 'new', ...findAllUnmet(manager.status)];
};
