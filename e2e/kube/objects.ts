/** What every Kubernetes object carries. */
type Metadata = {
  name: string;
  namespace?: string;
  uid?: string;
  resourceVersion?: string;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  generateName?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  finalizers?: string[];
  ownerReferences?: { apiVersion: string; kind: string; name: string; uid: string; controller?: boolean }[];
};

/** Any Kubernetes object; a typed one intersects this with its own fields. */
export type KubernetesObject = {
  apiVersion?: string;
  kind?: string;
  metadata: Metadata;
  [field: string]: unknown;
};

/** An object that tells by conditions how it is. */
export type WithConditions = KubernetesObject & {
  status?: { conditions?: { type: string; status: string }[] | null };
};

/** Whether a condition of an object is True. */
export const holdsCondition = ({ status }: WithConditions, type: string): boolean =>
  status?.conditions?.some((each) => each.type === type && each.status === 'True') ?? false;

/**
 * An object without the record of who manages which field: it is most of an object, and says nothing of what
 * happened to it.
 */
export const withoutManagedFields = (object: KubernetesObject): KubernetesObject => {
  const { managedFields: _, ...metadata } = object.metadata as Metadata & { managedFields?: unknown };
  return { ...object, metadata };
};

/** Where a kind of object lives in the API; group '' is core, and it is namespaced unless said otherwise. */
export type Resource = { group: string; version: string; plural: string; namespaced?: boolean };
