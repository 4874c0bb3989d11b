import type { KubernetesObject, Resource } from '../../kube/cluster.ts';
import { longhornNamespace as namespace } from '../../longhorn/resources.ts';
import type { Timeout, Timeouts } from '../steps/timeouts.ts';

/** One kind of what runs make, or Longhorn and Kubernetes make for them. */
export type CleanupKind = {
  /** What one of them is called. */
  what: string;
  resource: Resource;
  /** Where they are; undefined for what has no namespace, or is in any. */
  namespace?: string;
  /** It is in any namespace, with which it goes where that is a run's. */
  isAnywhere?: true;
  /** But not in this namespace, where another kind has them. */
  except?: string;
  /**
   * The names of what it belongs to, of which one is enough: of the run's own volumes, targets and jobs. Only
   * for what carries no label of its own.
   */
  owners?(object: KubernetesObject): (string | undefined)[];
  /** It is left over only when what it belongs to is gone. */
  isPart?: true;
  /** Others may belong to one of it. */
  owns?: true;
  /** It goes after all that Kubernetes or Longhorn made for it. */
  waitsForItsOwn?: true;
  /** How long it may take to go. */
  limit(timeouts: Timeouts, object: KubernetesObject): Timeout;
  /** Its state, where that says why it is still there. */
  describe(object: KubernetesObject): string;
};

/** A label of an object. */
export const label = ({ metadata }: KubernetesObject, name: string): string | undefined =>
  metadata.labels?.[name];
/** There is nothing to be said of its state. */
export const nothing = (): string => '';

/** A kind of the admission policies. */
export const policies = (what: string, resource: Resource): CleanupKind => ({
  what,
  resource,
  limit: ({ policyGone }) => policyGone,
  describe: nothing,
});

/**
 * A kind that Longhorn makes and removes with the volume; without it some are left only where Longhorn is not
 * at work.
 */
export const part = (what: string, resource: Resource): CleanupKind => ({
  what,
  resource,
  namespace,
  isPart: true,
  owners: ({ spec }) => {
    const { volume, volumeName } = (spec ?? {}) as { volume?: string; volumeName?: string };
    return [volumeName, volume];
  },
  limit: ({ volumeGone }) => volumeGone,
  describe: nothing,
});

/** A kind that is in any namespace, or in none. */
export const anywhere = (what: string, resource: Resource): CleanupKind => ({
  what,
  resource,
  isAnywhere: true,
  limit: ({ namespaceGone }) => namespaceGone,
  describe: nothing,
});
