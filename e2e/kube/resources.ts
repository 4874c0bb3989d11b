import type { Resource } from './objects.ts';

const core = (plural: string, namespaced = true): Resource => ({
  group: '',
  version: 'v1',
  plural,
  namespaced,
});
const v1 = (group: string, plural: string, namespaced = true): Resource => ({
  group,
  version: 'v1',
  plural,
  namespaced,
});

/** The built-in resources that the suite uses. */
export const resources = {
  configMaps: core('configmaps'),
  endpoints: core('endpoints'),
  events: core('events'),
  namespaces: core('namespaces', false),
  nodes: core('nodes', false),
  pods: core('pods'),
  secrets: core('secrets'),
  serviceAccounts: core('serviceaccounts'),
  services: core('services'),
  daemonSets: v1('apps', 'daemonsets'),
  deployments: v1('apps', 'deployments'),
  statefulSets: v1('apps', 'statefulsets'),
  cronJobs: v1('batch', 'cronjobs'),
  jobs: v1('batch', 'jobs'),
  leases: v1('coordination.k8s.io', 'leases'),
  validatingAdmissionPolicies: v1('admissionregistration.k8s.io', 'validatingadmissionpolicies', false),
  validatingAdmissionPolicyBindings: v1(
    'admissionregistration.k8s.io',
    'validatingadmissionpolicybindings',
    false,
  ),
  mutatingAdmissionPolicies: v1('admissionregistration.k8s.io', 'mutatingadmissionpolicies', false),
  mutatingAdmissionPolicyBindings: v1(
    'admissionregistration.k8s.io',
    'mutatingadmissionpolicybindings',
    false,
  ),
  customResourceDefinitions: v1('apiextensions.k8s.io', 'customresourcedefinitions', false),
  storageClasses: v1('storage.k8s.io', 'storageclasses', false),
  persistentVolumes: v1('', 'persistentvolumes', false),
  persistentVolumeClaims: core('persistentvolumeclaims'),
  volumeSnapshots: v1('snapshot.storage.k8s.io', 'volumesnapshots'),
  volumeSnapshotContents: v1('snapshot.storage.k8s.io', 'volumesnapshotcontents', false),
  volumeSnapshotClasses: v1('snapshot.storage.k8s.io', 'volumesnapshotclasses', false),
  clusterRoles: v1('rbac.authorization.k8s.io', 'clusterroles', false),
  clusterRoleBindings: v1('rbac.authorization.k8s.io', 'clusterrolebindings', false),
  roles: v1('rbac.authorization.k8s.io', 'roles'),
  roleBindings: v1('rbac.authorization.k8s.io', 'rolebindings'),
} as const satisfies Record<string, Resource>;

/** The path of a collection, or of one object in it. */
export const pathOf = (
  resource: Resource,
  where: { namespace?: string | undefined; name?: string | undefined } = {},
): string => {
  const { group, version, plural, namespaced = true } = resource;
  if (!namespaced && where.namespace !== undefined)
    throw new Error(
      `${describeResource(resource)} are not namespaced, but a namespace was given: ${where.namespace}`,
    );
  const parts = [
    group === '' ? `api/${version}` : `apis/${group}/${version}`,
    where.namespace === undefined ? undefined : `namespaces/${encodeURIComponent(where.namespace)}`,
    plural,
    where.name === undefined ? undefined : encodeURIComponent(where.name),
  ];
  return `/${parts.filter((part) => part !== undefined).join('/')}`;
};

/** The usual name of a resource: `pods`, `jobs.batch`. */
export const describeResource = ({ group, plural }: Resource): string =>
  group === '' ? plural : `${plural}.${group}`;
