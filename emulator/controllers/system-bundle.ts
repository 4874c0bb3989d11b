import { strToU8, zipSync } from 'fflate';
import type { Client } from '../kubernetes/client.ts';
import type { ApiObject } from '../kubernetes/objects.ts';
import type { ManagerContext } from '../manager/context.ts';
import { longhornProvisioner, namespace } from '../modelled-on.ts';

type List<T = unknown> = { apiVersion: string; kind: string; items: T[] };
type Binding = ApiObject & {
  subjects?: { kind: string; name: string; namespace?: string }[];
  roleRef: { name: string };
};

const listOf = (apiVersion: string, kind: string, items: unknown[]): List => ({
  ...{ apiVersion, kind: `${kind}List`, items },
});

const longhornLists = ({ datastore, mutant }: ManagerContext): Record<string, List> => {
  const of = (kind: string, objects: { list(): unknown[] }) =>
    listOf('longhorn.io/v1beta2', kind, objects.list());
  return {
    setting: of('Setting', datastore.settings),
    engineimages: of('EngineImage', datastore.engineImages),
    volumes: of('Volume', datastore.volumes),
    recurringjobs: of('RecurringJob', datastore.recurringJobs),
    backingimages: of('BackingImage', { list: () => [] }),
    backuptargets: of('BackupTarget', datastore.backupTargets),
    ...((mutant === 'system-backup-has-nodes' || mutant === 'system-restore-restores-nodes') && {
      nodes: of('Node', datastore.nodes),
    }),
  };
};

const storageLists = ({ datastore, mutant }: ManagerContext): Record<string, List> => {
  const classes = datastore.storageClasses
    .list()
    .filter(({ provisioner }) => provisioner === longhornProvisioner);
  const volumes = datastore.persistentVolumes
    .list()
    .filter(({ spec }) => spec.csi?.driver === longhornProvisioner);
  const names = volumes.map(({ spec }) => spec.storageClassName);
  const claims = datastore.persistentVolumeClaims
    .list()
    .filter(({ spec }) => names.includes(spec.storageClassName));
  return {
    storageclasses: listOf('storage.k8s.io/v1', 'StorageClass', classes),
    persistentvolumes: listOf('v1', 'PersistentVolume', volumes),
    ...(mutant !== 'system-backup-lacks-claims' && {
      persistentvolumeclaims: listOf('v1', 'PersistentVolumeClaim', claims),
    }),
  };
};

const accessLists = async (client: Client): Promise<Record<string, List>> => {
  const group = '/apis/rbac.authorization.k8s.io/v1';
  const isOwn = ({ subjects = [] }: Binding): boolean =>
    subjects.some((each) => each.kind === 'ServiceAccount' && each.namespace === namespace);
  const bindings = await client.request<List<Binding>>('GET', `${group}/clusterrolebindings`);
  const roles = await client.request<List<ApiObject>>('GET', `${group}/clusterroles`);
  const own = bindings.items.filter(isOwn);
  const named = own.map(({ roleRef }) => roleRef.name);
  return {
    // The names of these two files are exchanged in Longhorn too.
    clusterroles: { ...bindings, items: own },
    clusterrolebindings: {
      ...roles,
      items: roles.items.filter(({ metadata }) => named.includes(metadata.name)),
    },
  };
};

const namespacedLists = async (client: Client): Promise<Record<string, List>> => {
  const paths = {
    ...{ serviceaccounts: '/api/v1', configmaps: '/api/v1', services: '/api/v1' },
    ...{ roles: '/apis/rbac.authorization.k8s.io/v1', rolebindings: '/apis/rbac.authorization.k8s.io/v1' },
    ...{ daemonsets: '/apis/apps/v1', deployments: '/apis/apps/v1' },
  };
  const lists = Object.entries(paths).map(
    async ([plural, path]) =>
      [plural, await client.request<List>('GET', `${path}/namespaces/${namespace}/${plural}`)] as const,
  );
  return Object.fromEntries(await Promise.all(lists));
};

const definitionLists = async (client: Client): Promise<Record<string, List>> => {
  const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  const all = await client.request<List<{ spec: { group: string } }>>('GET', path);
  return {
    customresourcedefinitions: {
      ...all,
      items: all.items.filter(({ spec }) => spec.group === 'longhorn.io'),
    },
  };
};

/**
 * The archive of a system backup: a list for each kind of object (system_backup_controller.go,
 * generateSystemBackupYAMLs). JSON is YAML too.
 */
export const packSystem = async (
  context: ManagerContext,
  client: Client,
  name: string,
): Promise<Uint8Array> => {
  const folders = {
    apiextensions: await definitionLists(client),
    kubernetes: {
      ...(await accessLists(client)),
      ...(await namespacedLists(client)),
      ...storageLists(context),
    },
    longhorn: longhornLists(context),
  };
  const files = Object.entries(folders).flatMap(([folder, lists]) =>
    Object.entries(lists).map(([file, list]) => [
      `${name}/yamls/${folder}/${file}.yaml`,
      strToU8(JSON.stringify(list)),
    ]),
  );
  const metadata = strToU8(`longhornversion: ${context.version}\n`);
  return zipSync({ [`${name}/metadata.yaml`]: metadata, ...Object.fromEntries(files) });
};
