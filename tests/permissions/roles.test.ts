import { describe, expect, test } from 'vitest';
import type { KubernetesObject } from '../../e2e/kube/cluster.ts';
import { allDisruptions, type Disruption } from '../../e2e/longhorn/disruptions.ts';
import { neededRules } from '../../e2e/permissions/needed.ts';
import { aroundScenarios } from '../../e2e/permissions/provider.ts';
import { toRights } from '../../e2e/permissions/rights.ts';
import { rolesFor } from '../../e2e/permissions/roles.ts';

type PolicyRule = { apiGroups: string[]; resources: string[]; resourceNames?: string[]; verbs: string[] };
type Role = KubernetesObject & { rules: PolicyRule[] };

const account = { namespace: 'stores', name: 'player' };
const rolesWith = (allow: readonly Disruption[]): Role[] =>
  rolesFor(account, { allow }).filter(({ kind }) => kind === 'Role' || kind === 'ClusterRole') as Role[];

/** Each single thing that roles grant, as RBAC reads them. */
const granted = (roles: Role[]): string[] =>
  roles.flatMap(({ metadata: { namespace = '' }, rules }) =>
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

const wanted = (allow: readonly Disruption[]): string[] =>
  toRights(
    [
      ...neededRules({ disruptions: allow, namespace: 'stores' }),
      ...aroundScenarios({ disruptions: allow, namespace: 'stores' }),
    ],
    {
      stores: 'stores',
    },
  ).map(({ verb, group, resource, subresource, name = '', namespace = '' }) =>
    [
      verb,
      group,
      subresource === undefined ? resource : `${resource}/${subresource}`,
      name,
      namespace,
    ].join(),
  );

describe('the roles', () => {
  test.each<[string, readonly Disruption[]]>([
    ['nothing', []],
    ['one disruption', ['admission-policy']],
    ['everything', allDisruptions],
  ])('grant what is needed with %s allowed, each thing once, and nothing else', (_, allow) => {
    expect(granted(rolesWith(allow)).sort()).toEqual(wanted(allow).sort());
    expect(granted(rolesWith(allow)).join()).not.toContain('*');
  });

  test("grant what Longhorn's support bundle needs where that is asked for, in Longhorn's namespace alone", () => {
    const roles = rolesFor(account, { allow: [], supportBundle: true }).filter(({ kind }) =>
      /^(Cluster)?Role$/.test(kind ?? ''),
    ) as Role[];
    const without = granted(rolesWith([]));
    expect(granted(roles).filter((right) => !without.includes(right))).toEqual(
      ['get', 'list', 'watch', 'create', 'delete'].map(
        (verb) => `${verb},longhorn.io,supportbundles,,longhorn-system`,
      ),
    );
  });

  test('reach beyond two namespaces only to read, and for admission policies', () => {
    const beyond = (allow: readonly Disruption[]) =>
      granted(rolesWith(allow)).filter((right) => right.endsWith(','));
    expect(beyond([])).toEqual(['get,,namespaces,kube-system,', 'list,,nodes,,', 'watch,,nodes,,']);
    const writing = beyond(allDisruptions).filter((right) => !/^(get|list|watch),/.test(right));
    expect(writing.every((right) => right.includes('admissionregistration.k8s.io'))).toBe(true);
    expect(new Set(rolesWith(allDisruptions).map(({ metadata }) => metadata.namespace))).toEqual(
      new Set(['longhorn-system', 'stores', undefined]),
    );
  });

  test('let no one kill pods, or make policies, where that is not allowed', () => {
    const risky = /^delete,,pods,|^create,admissionregistration/;
    expect(granted(rolesWith([])).filter((right) => risky.test(right))).toEqual([]);
    expect(granted(rolesWith(['manager-kill'])).filter((right) => risky.test(right))).toEqual([
      'delete,,pods,,longhorn-system',
    ]);
  });
});

test('each role is bound to the account alone; account and namespace come first', () => {
  const objects = rolesFor(account, { allow: [] });
  expect(objects.slice(0, 2).map(({ kind, metadata }) => [kind, metadata.namespace, metadata.name])).toEqual([
    ['Namespace', undefined, 'stores'],
    ['ServiceAccount', 'stores', 'player'],
  ]);
  const bindings = objects.filter(({ kind }) => kind?.endsWith('Binding'));
  expect(
    bindings.map(({ kind, metadata, roleRef, subjects }) => ({
      kind,
      where: metadata.namespace,
      roleRef,
      subjects,
    })),
  ).toEqual(
    ['longhorn-system', 'stores', undefined].map((where) => ({
      kind: where === undefined ? 'ClusterRoleBinding' : 'RoleBinding',
      where,
      roleRef: {
        apiGroup: 'rbac.authorization.k8s.io',
        kind: where === undefined ? 'ClusterRole' : 'Role',
        name: 'stores:player',
      },
      subjects: [{ kind: 'ServiceAccount', name: 'player', namespace: 'stores' }],
    })),
  );
  // A role is made before what refers to it.
  expect(objects.map(({ kind }) => kind).slice(2)).toEqual([
    'Role',
    'RoleBinding',
    'Role',
    'RoleBinding',
    'ClusterRole',
    'ClusterRoleBinding',
  ]);
});
