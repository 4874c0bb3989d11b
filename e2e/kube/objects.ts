/** The metadata of a Kubernetes object. */
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

/** Any Kubernetes object. A typed object intersects this type with its own fields. */
export type KubernetesObject = {
  apiVersion?: string;
  kind?: string;
  metadata: Metadata;
  [field: string]: unknown;
};

/** An object with status conditions. */
export type WithConditions = KubernetesObject & {
  status?: { conditions?: { type: string; status: string }[] | null };
};

/** Whether a condition of an object is True. */
export const isConditionTrue = ({ status }: WithConditions, type: string): boolean =>
  status?.conditions?.some((each) => each.type === type && each.status === 'True') ?? false;

/** What has become of an object: it is `gone`, or `being deleted`. Undefined if it stays. */
export const lossOf = (object: KubernetesObject | undefined): 'gone' | 'being deleted' | undefined => {
  if (object === undefined) return 'gone';
  return object.metadata.deletionTimestamp === undefined ? undefined : 'being deleted';
};

/** Removes `managedFields`. They are most of an object's size and do not describe its state. */
export const withoutManagedFields = (object: KubernetesObject): KubernetesObject => {
  const { managedFields: _, ...metadata } = object.metadata as Metadata & { managedFields?: unknown };
  return { ...object, metadata };
};

/** Whether a value is an object with fields. */
export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The location of a resource in the API. Group '' is the core group. The default is namespaced. */
export type Resource = { group: string; version: string; plural: string; namespaced?: boolean };
