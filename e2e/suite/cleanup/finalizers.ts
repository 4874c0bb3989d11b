import type { KubernetesObject } from '../../kube/cluster.ts';

/** Who takes a finalizer off, in words, and what it waits for. */
type Keeper = { pattern: RegExp; who: string; waitsFor: string };

/** Whether a finalizer is one of Longhorn's own. */
export const isLonghorns = (finalizer: string): boolean =>
  /^([a-z0-9.-]+\.)?longhorn\.io(\/|$)/.test(finalizer);

// Kubernetes' own, by its documentation; those of the CSI side-cars by theirs.
const keepers: Keeper[] = [
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

/** The finalizers of an object that hold its deletion up; a namespace has its own in another place. */
export const finalizersOf = (object: KubernetesObject): string[] => {
  const { finalizers = [] } = (object.spec ?? {}) as { finalizers?: string[] };
  return [
    ...(object.metadata.finalizers ?? []),
    ...(object.metadata.namespace === undefined ? finalizers : []),
  ];
};

/** The node whose longhorn-manager answers for one of Longhorn's objects, where the object says so. */
export const managingNode = (object: KubernetesObject): string | undefined => {
  const { ownerID } = (object.status ?? {}) as { ownerID?: string };
  const { nodeID } = (object.spec ?? {}) as { nodeID?: string };
  return ownerID || nodeID || undefined;
};

/**
 * Which controller should have taken a finalizer off, and what it waits for; for one of Longhorn's it depends
 * on the object: see explain.ts.
 */
export const keeperOf = (finalizer: string): Pick<Keeper, 'who' | 'waitsFor'> =>
  keepers.find(({ pattern }) => pattern.test(finalizer)) ?? {
    who: `whoever put ${finalizer} there (Corral does not know it)`,
    waitsFor: 'for something of its own',
  };
