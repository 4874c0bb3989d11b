import { expect, test } from 'vitest';
import type { KubernetesObject } from '../../e2e/kube/cluster.ts';
import { allDisruptions, type Disruption } from '../../e2e/longhorn/disruptions.ts';
import { neededRules, type RunScope } from '../../e2e/permissions/needed.ts';
import { providerRules } from '../../e2e/permissions/provider.ts';
import { toRights } from '../../e2e/permissions/rights.ts';
import { rolesFor } from '../../e2e/permissions/roles.ts';

type PolicyRule = { apiGroups: string[]; resources: string[]; resourceNames?: string[]; verbs: string[] };

const account = { namespace: 'stores', name: 'runner' };

/** Each single thing that the roles grant, as RBAC reads them. */
const granted = (allow: readonly Disruption[], more: Partial<RunScope> = {}): string[] =>
  (rolesFor(account, { allow, ...more }) as (KubernetesObject & { rules?: PolicyRule[] })[]).flatMap(
    ({ metadata: { namespace = '' }, rules = [] }) =>
      rules.flatMap(({ apiGroups, resources, resourceNames = [''], verbs }) =>
        apiGroups.flatMap((group) =>
          resources.flatMap((resource) =>
            resourceNames.flatMap((name) =>
              verbs.map((verb) => [verb, group, resource, name, namespace].join()),
            ),
          ),
        ),
      ),
  );

const wanted = (allow: readonly Disruption[]): string[] => {
  const scope = { disruptions: allow, namespace: 'stores' };
  const rules = [...neededRules(scope), ...providerRules(scope)];
  return toRights(rules, { stores: 'stores' }).map(
    ({ verb, group, resource, subresource, name = '', namespace = '' }) =>
      [verb, group, subresource ? `${resource}/${subresource}` : resource, name, namespace].join(),
  );
};

const allowed: [readonly Disruption[]][] = [[[]], [['admission-policy']], [allDisruptions]];

test.each(allowed)('the roles grant what is needed with %j allowed, once, and nothing else', (allow) => {
  expect(granted(allow).sort()).toEqual(wanted(allow).sort());
  expect(granted(allow).join()).not.toContain('*');
});

test('they reach beyond two namespaces only to read, and for admission policies, StorageClasses, PersistentVolumes, nodes and snapshots of CSI; pods are killed only where that is allowed', () => {
  const beyond = (allow: readonly Disruption[]) => granted(allow).filter((right) => right.endsWith(','));
  expect(beyond([])).toEqual(['get,,namespaces,kube-system,', 'list,,nodes,,', 'watch,,nodes,,']);
  const writing = beyond(allDisruptions).filter((right) => !/^(get|list|watch),/.test(right));
  expect(
    writing.filter(
      (right) =>
        !/,(admissionregistration|storage|snapshot\.storage)\.k8s\.io,|,persistentvolumes,|^patch,,nodes,/.test(
          right,
        ),
    ),
  ).toEqual([]);
  const risky = (allow: readonly Disruption[]) =>
    granted(allow).filter((right) => /^delete,,pods,|^create,admissionregistration/.test(right));
  expect([risky([]), risky(['manager-kill'])]).toEqual([[], ['delete,,pods,,longhorn-system']]);
  const without = granted([]);
  expect(granted([], { supportBundle: true }).filter((right) => !without.includes(right))).toEqual(
    ['get', 'list', 'watch', 'create', 'delete'].map(
      (verb) => `${verb},longhorn.io,supportbundles,,longhorn-system`,
    ),
  );
});

const forwards = ['list,,pods,,minio', 'get,,pods/portforward,,minio', 'create,,pods/portforward,,minio'];

const within = ['get,,secrets,mine,theirs', 'get,,services,s3,minio', ...forwards];

test.each([
  ['theirs/mine', 'https://s3.minio.svc:9000', within],
  ['longhorn-system/mine', 'https://s3.example.com', ['get,,secrets,mine,longhorn-system']],
])('of a bucket that was there they grant what leads to it: secret %s, %s', (secret, endpoint, leads) => {
  const ownBucket = { endpoint, bucket: 'b', region: 'r', secret };
  const without = granted([], { store: 'own-bucket' });
  const rights = granted([], { store: 'own-bucket', ownBucket });
  expect(rights.filter((right) => !without.includes(right)).sort()).toEqual(leads.sort());
});

test('each role is made before its binding to the account alone; account and namespace come first', () => {
  const made = rolesFor(account, { allow: [] }).map(({ kind, metadata, roleRef, subjects }) =>
    roleRef === undefined
      ? `${kind} ${metadata.namespace} ${metadata.name}`
      : { kind, where: metadata.namespace, roleRef, subjects },
  );
  const subjects = [{ kind: 'ServiceAccount', name: 'runner', namespace: 'stores' }];
  const binding = (where: string | undefined, kind = where === undefined ? 'ClusterRole' : 'Role') => {
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind, name: 'stores:runner' };
    return [`${kind} ${where} stores:runner`, { kind: `${kind}Binding`, where, roleRef, subjects }];
  };
  expect(made).toEqual([
    'Namespace undefined stores',
    'ServiceAccount stores runner',
    ...['longhorn-system', 'stores', undefined].flatMap((where) => binding(where)),
  ]);
});
