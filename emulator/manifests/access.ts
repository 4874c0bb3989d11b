import { namespace } from '../modelled-on.ts';
import { longhornGroup } from './custom-resources.ts';
import { pluralOf, servedKinds } from './kinds.ts';

export const serviceAccount = 'longhorn-service-account';
const role = 'longhorn-emulator';
const subjects = [{ kind: 'ServiceAccount', name: serviceAccount, namespace }];
const snapshotGroup = 'snapshot.storage.k8s.io';
const roleApi = 'rbac.authorization.k8s.io';

const plurals = servedKinds.map(pluralOf);
const read = ['get', 'list', 'watch'];

/**
 * The managers' account and its rights: Longhorn's own objects, CronJobs and Jobs in their namespace, reading pods,
 * nodes and Secrets, creating events and StorageClasses, deleting themselves, and what the sidecars of CSI may do.
 */
export const managerAccess = [
  { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: serviceAccount, namespace } },
  {
    apiVersion: `${roleApi}/v1`,
    kind: 'Role',
    metadata: { name: role, namespace },
    rules: [
      {
        apiGroups: [longhornGroup],
        resources: plurals,
        verbs: [...read, 'create', 'update', 'patch', 'delete'],
      },
      {
        apiGroups: [longhornGroup],
        resources: plurals.map((plural) => `${plural}/status`),
        verbs: ['update', 'patch'],
      },
      // Needed for owner references, with which Kubernetes deletes a Snapshot together with its Volume.
      {
        apiGroups: [longhornGroup],
        resources: plurals.map((plural) => `${plural}/finalizers`),
        verbs: ['update'],
      },
      { apiGroups: [''], resources: ['pods', 'configmaps'], verbs: read },
      // Credentials of stores in buckets.
      { apiGroups: [''], resources: ['secrets'], verbs: ['get'] },
      { apiGroups: [''], resources: ['persistentvolumeclaims'], verbs: read },
      { apiGroups: [''], resources: ['events'], verbs: ['create'] },
      { apiGroups: [''], resources: ['persistentvolumeclaims'], verbs: [...read, 'create', 'patch'] },
      { apiGroups: ['batch'], resources: ['cronjobs'], verbs: [...read, 'create', 'update'] },
      { apiGroups: ['batch'], resources: ['jobs'], verbs: [...read, 'create'] },
      { apiGroups: ['apps'], resources: ['daemonsets'], verbs: ['delete'] },
      // What a system backup has besides.
      { apiGroups: [''], resources: ['serviceaccounts', 'services'], verbs: ['list'] },
      { apiGroups: ['apps'], resources: ['daemonsets', 'deployments'], verbs: ['list'] },
      { apiGroups: [roleApi], resources: ['roles', 'rolebindings'], verbs: ['list'] },
    ],
  },
  {
    apiVersion: `${roleApi}/v1`,
    kind: 'RoleBinding',
    metadata: { name: role, namespace },
    roleRef: { apiGroup: roleApi, kind: 'Role', name: role },
    subjects,
  },
  {
    apiVersion: `${roleApi}/v1`,
    kind: 'ClusterRole',
    metadata: { name: role },
    rules: [
      { apiGroups: [''], resources: ['nodes'], verbs: read },
      { apiGroups: [roleApi], resources: ['clusterroles', 'clusterrolebindings'], verbs: ['list'] },
      { apiGroups: ['apiextensions.k8s.io'], resources: ['customresourcedefinitions'], verbs: ['list'] },
      { apiGroups: ['storage.k8s.io'], resources: ['storageclasses'], verbs: [...read, 'create'] },
      { apiGroups: ['storage.k8s.io'], resources: ['volumeattachments'], verbs: read },
      { apiGroups: ['storage.k8s.io'], resources: ['volumeattachments/status'], verbs: ['patch'] },
      { apiGroups: [''], resources: ['persistentvolumes'], verbs: [...read, 'create', 'patch'] },
      { apiGroups: [snapshotGroup], resources: ['volumesnapshotclasses', 'volumesnapshots'], verbs: read },
      { apiGroups: [snapshotGroup], resources: ['volumesnapshotcontents'], verbs: [...read, 'patch'] },
      { apiGroups: [snapshotGroup], resources: ['volumesnapshotcontents/status'], verbs: ['patch'] },
    ],
  },
  {
    apiVersion: `${roleApi}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name: role },
    roleRef: { apiGroup: roleApi, kind: 'ClusterRole', name: role },
    subjects,
  },
];
