import type { KubernetesObject, Resource } from '../../kube/cluster.ts';
import { longhornNamespace as namespace } from '../../longhorn/resources.ts';
import type { Timeout, Timeouts } from '../steps/timeouts.ts';

/** One kind of object that runs make, or that Longhorn or Kubernetes makes for them. */
export type CleanupKind = {
  /** What messages call one of them. */
  what: string;
  resource: Resource;
  /** The namespace of its objects. Undefined if they have none, or may be in any. */
  namespace?: string;
  /** Its objects may be in any namespace. If the namespace is a run's, they are removed with it. */
  isAnywhere?: true;
  /** A namespace that is excluded, because another kind has the objects there. */
  except?: string;
  /**
   * The names of the volumes, targets and jobs that an object belongs to; one of a run is enough. Only for objects
   * without a run label.
   */
  owners?(object: KubernetesObject): (string | undefined)[];
  /** It counts as left only if its owner is gone. */
  isPart?: true;
  /** Objects of other kinds may belong to it. */
  owns?: true;
  /** It is removed after the objects that Kubernetes or Longhorn made for it. */
  waitsForItsOwn?: true;
  /** How long its removal may take. */
  limit(timeouts: Timeouts, object: KubernetesObject): Timeout;
  /** Describes its state. Missing if the state does not explain why it is still there. */
  describe?(object: KubernetesObject): string;
};

/** Returns a label of an object. */
export const label = ({ metadata }: KubernetesObject, name: string): string | undefined =>
  metadata.labels?.[name];

/** Creates a kind whose objects are in Longhorn's namespace. */
export const longhornKind = (
  what: string,
  resource: Resource,
  more: Omit<CleanupKind, 'what' | 'resource' | 'namespace'>,
): CleanupKind => ({ what, resource, namespace, ...more });

/** Creates a kind for admission policies or their bindings. */
export const policyKind = (what: string, resource: Resource): CleanupKind => ({
  what,
  resource,
  limit: ({ policyGone }) => policyGone,
});

/**
 * Creates a kind that Longhorn makes and removes with a volume. Without the volume, such objects are left only if
 * Longhorn does not work.
 */
export const volumePartKind = (what: string, resource: Resource): CleanupKind =>
  longhornKind(what, resource, {
    isPart: true,
    owners: ({ spec }) => {
      const { volume, volumeName } = (spec ?? {}) as { volume?: string; volumeName?: string };
      return [volumeName, volume];
    },
    limit: ({ volumeGone }) => volumeGone,
  });

/** Creates a kind whose objects may be in any namespace, or in none. */
export const anyNamespaceKind = (what: string, resource: Resource): CleanupKind => ({
  what,
  resource,
  isAnywhere: true,
  limit: ({ namespaceGone }) => namespaceGone,
});
