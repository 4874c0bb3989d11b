import type { KubernetesObject } from '../e2e/kube/cluster.ts';

/** An object that tells by conditions how it is. */
export type WithConditions = KubernetesObject & { status?: { conditions?: { type: string; status: string }[] } };
/** How far a DaemonSet is. */
export type DaemonSet = KubernetesObject & {
  metadata: { generation?: number };
  status?: { desiredNumberScheduled: number; numberReady?: number; updatedNumberScheduled?: number; observedGeneration?: number };
};
/** How far a Deployment is. */
export type Deployment = KubernetesObject & {
  metadata: { generation?: number };
  status?: { observedGeneration?: number; replicas?: number; updatedReplicas?: number; readyReplicas?: number };
};
/** On which nodes an engine image is. */
export type EngineImage = KubernetesObject & { status?: { state?: string; nodeDeploymentMap?: Record<string, boolean> } };

/** Whether a condition holds. */
export const isTrue = ({ status }: WithConditions, type: string): boolean =>
  status?.conditions?.some((condition) => condition.type === type && condition.status === 'True') === true;

/** Whether every pod of a DaemonSet is of its present template and ready, on as many nodes as there are to be. */
export const isRolledOut = ({ metadata, status }: DaemonSet, nodes: number): boolean =>
  status?.observedGeneration === metadata.generation &&
  status !== undefined &&
  status.desiredNumberScheduled >= nodes &&
  status.updatedNumberScheduled === status.desiredNumberScheduled &&
  status.numberReady === status.desiredNumberScheduled;

/** Whether the one pod of a Deployment is of its present template and ready. */
export const isReplaced = ({ metadata, status }: Deployment): boolean =>
  status?.observedGeneration === metadata.generation &&
  status?.replicas === 1 &&
  status.updatedReplicas === 1 &&
  status.readyReplicas === 1;
