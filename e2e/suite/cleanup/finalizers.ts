import type { KubernetesObject } from '../../kube/cluster.ts';

/** The controller that removes a finalizer, and its condition for that, in words. */
type FinalizerController = { pattern: RegExp; who: string; waitsFor: string };

export const isLonghornFinalizer = (finalizer: string): boolean =>
  /^([a-z0-9.-]+\.)?longhorn\.io(\/|$)/.test(finalizer);

// Sources: the documentation of Kubernetes, and of the CSI sidecars.
const finalizerControllers: FinalizerController[] = [
  {
    pattern: /^foregroundDeletion$/,
    who: "Kubernetes' garbage collector (kube-controller-manager)",
    waitsFor: 'for all that it owns to go first',
  },
  {
    pattern: /^orphan$/,
    who: "Kubernetes' garbage collector (kube-controller-manager)",
    waitsFor: 'until all that it owns is owned by nobody',
  },
  {
    pattern: /^kubernetes\.io\/pvc-protection$/,
    who: "Kubernetes' PVC protection controller",
    waitsFor: 'for the last pod that uses the claim',
  },
  {
    pattern: /^kubernetes\.io\/pv-protection$/,
    who: "Kubernetes' PV protection controller",
    waitsFor: 'until no claim is bound to it',
  },
  {
    pattern: /^batch\.kubernetes\.io\/job-tracking$/,
    who: "Kubernetes' Job controller",
    waitsFor: 'until it has counted how its pods ended',
  },
  {
    pattern: /^service\.kubernetes\.io\/load-balancer-cleanup$/,
    who: "Kubernetes' service controller",
    waitsFor: 'for the load balancer to go',
  },
  {
    pattern: /^snapshot\.storage\.kubernetes\.io\/volumesnapshotcontent-/,
    who: 'the CSI snapshotter (csi-snapshotter)',
    waitsFor: 'until the snapshot, or the backup, is removed',
  },
  {
    pattern: /^snapshot\.storage\.kubernetes\.io\//,
    who: "the cluster's snapshot controller (snapshot-controller)",
    waitsFor: 'until its VolumeSnapshotContent is gone',
  },
  {
    pattern: /^external-attacher\//,
    who: 'the CSI attacher (csi-attacher)',
    waitsFor: 'until the volume is detached',
  },
  {
    pattern: /^external-provisioner\./,
    who: 'the CSI provisioner (csi-provisioner)',
    waitsFor: 'until the volume is removed',
  },
  {
    pattern: /^kubernetes$/,
    who: "Kubernetes' namespace controller",
    waitsFor: 'until everything in the namespace is gone',
  },
];

/** Returns the finalizers that block the deletion of an object. Those of a namespace are in its spec. */
export const finalizersOf = (object: KubernetesObject): string[] => {
  const { finalizers = [] } = (object.spec ?? {}) as { finalizers?: string[] };
  return [
    ...(object.metadata.finalizers ?? []),
    ...(object.metadata.namespace === undefined ? finalizers : []),
  ];
};

/** Returns the node whose longhorn-manager manages a Longhorn object. Undefined if the object does not name it. */
export const managingNode = (object: KubernetesObject): string | undefined => {
  const { ownerID } = (object.status ?? {}) as { ownerID?: string };
  const { nodeID } = (object.spec ?? {}) as { nodeID?: string };
  return ownerID || nodeID || undefined;
};

/**
 * Returns the controller that should remove a finalizer, and its condition. For Longhorn's finalizers see explain.ts:
 * they depend on the object.
 */
export const controllerOf = (finalizer: string): Pick<FinalizerController, 'who' | 'waitsFor'> =>
  finalizerControllers.find(({ pattern }) => pattern.test(finalizer)) ?? {
    who: 'the controller that added it (unknown to Corral)',
    waitsFor: 'for a condition of its own',
  };
