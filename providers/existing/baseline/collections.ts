import { type KubernetesObject, type Resource, resources } from '../../../e2e/kube/cluster.ts';
import type { Pod } from '../../../e2e/kube/pods.ts';
import type { Disruption } from '../../../e2e/longhorn/disruptions.ts';
import { managerLabel } from '../../../e2e/longhorn/manager.ts';
import {
  longhornResources as longhorn,
  longhornNamespace as namespace,
} from '../../../e2e/longhorn/resources.ts';
import { isCreatedByLonghorn } from './object-origin.ts';

/** A kind of object that a run must leave unchanged. */
export type BaselineCollection = {
  /** Name of one object, for messages. */
  what: string;
  resource: Resource;
  namespace?: string;
  labelSelector?: string;
  /** Identifies an object. Default: its name. */
  key?: (object: KubernetesObject) => string;
  /**
   * The fields that change only if a user sets them. Undefined: only objects left behind by the run count,
   * and other objects may come and go.
   */
  userFields?: (object: KubernetesObject) => unknown;
  /** Whether Longhorn creates and removes the object by itself. */
  isAutomatic?: (object: KubernetesObject) => boolean;
  /** Observed state, which may need a moment to return to its former value. */
  observed?: (object: KubernetesObject) => unknown;
};

type UnknownFields = Record<string, unknown>;
type Condition = { type: string; status: string };

const asRecord = (value: unknown): UnknownFields => (value ?? {}) as UnknownFields;

// Fields with the time of a request are left out: Longhorn itself sends requests all the time.
const omitFields = (value: unknown, names: readonly string[] = []): UnknownFields =>
  Object.fromEntries(
    Object.entries(asRecord(value)).filter(
      ([name]) => !names.includes(name) && !name.endsWith('RequestedAt'),
    ),
  );

const conditions = (value: unknown, types: readonly string[]): UnknownFields =>
  Object.fromEntries(
    ((value ?? []) as Condition[])
      .filter(({ type }) => types.includes(type))
      .map(({ type, status }) => [type, status]),
  );

const uidAndSpec =
  (...apart: string[]) =>
  ({ metadata, spec }: KubernetesObject) => ({ uid: metadata.uid, spec: omitFields(spec, apart) });

/** Longhorn updates these once an hour from a server for new versions (M: controller/setting_controller.go). */
const selfUpdatedSettings = ['latest-longhorn-version', 'stable-longhorn-versions'];

const disks = (value: unknown): UnknownFields =>
  Object.fromEntries(
    Object.entries(asRecord(value)).map(([name, disk]) => [
      name,
      conditions(asRecord(disk).conditions, ['Ready', 'Schedulable']),
    ]),
  );

const ofLonghorn: BaselineCollection[] = [
  {
    what: 'setting',
    resource: longhorn.settings,
    userFields: ({ metadata, value }) => (selfUpdatedSettings.includes(metadata.name) ? {} : { value }),
  },
  {
    what: 'backup target',
    resource: longhorn.backupTargets,
    userFields: uidAndSpec(),
    observed: ({ status }) => ({ available: asRecord(status).available }),
  },
  {
    what: 'node of Longhorn',
    resource: longhorn.nodes,
    userFields: ({ spec }) => ({ spec }),
    observed: ({ status }) => ({
      conditions: conditions(asRecord(status).conditions, ['Ready', 'Schedulable']),
      disks: disks(asRecord(status).diskStatus),
    }),
  },
  {
    what: 'engine image',
    resource: longhorn.engineImages,
    userFields: ({ spec }) => ({ spec }),
    observed: ({ status }) => {
      const { state, incompatible, nodeDeploymentMap } = asRecord(status);
      return { state, incompatible, nodeDeploymentMap };
    },
  },
  { what: 'recurring job', resource: longhorn.recurringJobs, userFields: uidAndSpec() },
  // The attachment of a volume is left out: its user changes it at any time.
  {
    what: 'volume',
    resource: longhorn.volumes,
    userFields: uidAndSpec('nodeID', 'engineNodeID', 'migrationNodeID', 'lastAttachedBy', 'disableFrontend'),
  },
  {
    what: 'snapshot',
    resource: longhorn.snapshots,
    userFields: uidAndSpec(),
    isAutomatic: isCreatedByLonghorn,
  },
  // Without UID: Longhorn removes the objects of a backup store that it cannot list, and creates them again
  // when it can.
  {
    what: 'backup',
    resource: longhorn.backups,
    userFields: ({ spec }) => ({ spec: omitFields(spec) }),
    isAutomatic: isCreatedByLonghorn,
  },
  {
    what: 'backup volume',
    resource: longhorn.backupVolumes,
    userFields: ({ spec }) => ({ spec: omitFields(spec) }),
  },
];

const ofKubernetes = ({
  allow,
  stores,
}: {
  allow: readonly Disruption[];
  stores: string | undefined;
}): BaselineCollection[] => [
  {
    what: 'node',
    resource: resources.nodes,
    userFields: ({ metadata, spec }) => ({
      labels: metadata.labels,
      unschedulable: asRecord(spec).unschedulable,
    }),
    // Kubernetes itself taints a node while it is not ready.
    observed: ({ spec, status }) => ({
      taints: asRecord(spec).taints,
      conditions: conditions(asRecord(status).conditions, [
        'Ready',
        'MemoryPressure',
        'DiskPressure',
        'PIDPressure',
        'NetworkUnavailable',
      ]),
    }),
  },
  {
    what: 'longhorn-manager on',
    resource: resources.pods,
    namespace,
    labelSelector: managerLabel,
    ...managerFacts(allow),
  },
  stores === undefined
    ? { what: 'namespace', resource: resources.namespaces }
    : { what: `deployment in namespace ${stores}`, resource: resources.deployments, namespace: stores },
  ...(allow.includes('admission-policy')
    ? [
        { what: 'admission policy', resource: resources.validatingAdmissionPolicies },
        { what: 'binding of an admission policy', resource: resources.validatingAdmissionPolicyBindings },
      ]
    : []),
];

/**
 * All collections to compare. They depend on the allowed disruptions, and on the namespace of the stores if
 * there is one for all.
 */
export const baselineCollections = (scope: {
  allow: readonly Disruption[];
  stores: string | undefined;
}): BaselineCollection[] => [...ofLonghorn.map((each) => ({ ...each, namespace })), ...ofKubernetes(scope)];

const restarts = ({ status }: Pod): Record<string, number> =>
  Object.fromEntries(
    (status?.containerStatuses ?? []).map(({ name, restartCount = 0 }) => [name, restartCount]),
  );

/**
 * What must be equal for the longhorn-manager pod of each node: its readiness. If the run may not kill
 * managers, also its name and the restart counts of its containers.
 */
const managerFacts = (
  allow: readonly Disruption[],
): Required<Pick<BaselineCollection, 'key' | 'userFields' | 'observed'>> => ({
  key: (pod) => (pod as Pod).spec?.nodeName ?? pod.metadata.name,
  userFields: (pod) =>
    allow.includes('manager-kill') ? {} : { pod: pod.metadata.name, restarts: restarts(pod as Pod) },
  observed: (pod) => ({
    ready: (pod as Pod).status?.conditions?.find(({ type }) => type === 'Ready')?.status,
  }),
});
