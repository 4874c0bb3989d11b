export type OwnerReference = { apiVersion: string; kind: string; name: string; uid: string };

export type Metadata = {
  name: string;
  namespace?: string;
  uid?: string;
  resourceVersion?: string;
  generation?: number;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  finalizers?: string[];
  ownerReferences?: OwnerReference[];
};

export type ApiObject = { apiVersion: string; kind: string; metadata: Metadata };

export type Condition = {
  type: string;
  status: 'True' | 'False' | 'Unknown';
  reason: string;
  message: string;
  lastProbeTime: string;
  lastTransitionTime: string;
};

/** Sets a condition in a list. Its transition time changes only when its status does. */
export const withCondition = (
  conditions: Condition[] | undefined | null,
  {
    type,
    status,
    reason = '',
    message = '',
  }: Pick<Condition, 'type' | 'status'> & { reason?: string; message?: string },
  now: string,
): Condition[] => {
  const before = conditions?.find((condition) => condition.type === type);
  const lastTransitionTime = before?.status === status ? before.lastTransitionTime : now;
  const condition = { type, status, reason, message, lastProbeTime: '', lastTransitionTime };
  return before
    ? (conditions ?? []).map((other) => (other === before ? condition : other))
    : [...(conditions ?? []), condition];
};

/** A reference with which Kubernetes deletes the object together with its owner. */
export const ownerReference = ({
  apiVersion,
  kind,
  metadata: { name, uid = '' },
}: ApiObject): OwnerReference => ({
  apiVersion,
  kind,
  name,
  uid,
});
