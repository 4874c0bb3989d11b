import type { KubernetesObject } from '../kube/cluster.ts';
import type { Disruption } from '../longhorn/disruptions.ts';
import { longhornNamespace } from '../longhorn/resources.ts';
import { neededRules, type RunScope } from './needed.ts';
import { providerRules } from './provider.ts';
import { type Right, toRights } from './rights.ts';
import { verbs } from './rule.ts';

/** A service account that runs scenarios. Its namespace also contains their backup stores. */
export type ServiceAccount = { namespace: string; name: string };

/** The default service account. */
export const defaultAccount: ServiceAccount = { namespace: 'corral', name: 'corral' };

type PolicyRule = { apiGroups: string[]; resources: string[]; resourceNames?: string[]; verbs: string[] };

const rbac = 'rbac.authorization.k8s.io';
const apiVersion = `${rbac}/v1`;

/**
 * The objects that let a service account run the scenarios with these disruptions, and nothing else, in the order to
 * apply them.
 */
export const rolesFor = (
  account: ServiceAccount,
  { allow, ...given }: { allow: readonly Disruption[] } & Omit<RunScope, 'disruptions' | 'namespace'>,
): KubernetesObject[] => {
  const { namespace, name } = account;
  const scope = { disruptions: allow, namespace, ...given };
  const rules = [...neededRules(scope), ...providerRules(scope)];
  const rights = Map.groupBy(toRights(rules, { stores: namespace }), (right) => right.namespace);
  const inOrder = [...new Set([longhornNamespace, namespace, undefined, ...rights.keys()])];
  // The servers of the stores have capabilities that only this Pod Security level allows.
  const labels = { 'pod-security.kubernetes.io/enforce': 'privileged' };
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels } },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace } },
    ...inOrder.flatMap((where) => bound(account, where, toPolicyRules(rights.get(where) ?? []))),
  ];
};

/** A role and its binding. */
const bound = (
  { namespace, name }: ServiceAccount,
  where: string | undefined,
  rules: PolicyRule[],
): KubernetesObject[] => {
  const kind = where === undefined ? 'ClusterRole' : 'Role';
  // Several accounts may have roles in the same namespace, so the role's name contains the namespace and name of the
  // account.
  const metadata =
    where === undefined
      ? { name: `${namespace}:${name}` }
      : { name: `${namespace}:${name}`, namespace: where };
  return [
    { apiVersion, kind, metadata, rules },
    {
      apiVersion,
      kind: `${kind}Binding`,
      metadata,
      subjects: [{ kind: 'ServiceAccount', name, namespace }],
      roleRef: { apiGroup: rbac, kind, name: metadata.name },
    },
  ];
};

/** RBAC rules that grant exactly these rights. Resources of a group with the same verbs share a rule. */
const toPolicyRules = (rights: readonly Right[]): PolicyRule[] => {
  const ofResource = Map.groupBy(rights, ({ group, resource, subresource, name }) =>
    JSON.stringify([group, resource, subresource, name]),
  );
  const single = [...ofResource.values()].map((same) => {
    const [{ group, resource, subresource, name }] = same as [Right];
    return {
      group,
      resource: subresource === undefined ? resource : `${resource}/${subresource}`,
      names: name === undefined ? [] : [name],
      verbs: verbs.filter((verb) => same.some((right) => right.verb === verb)),
    };
  });
  const alike = Map.groupBy(single, ({ group, names, verbs }) => JSON.stringify([group, names, verbs]));
  return [...alike.values()].map((same) => {
    const [{ group, names, verbs }] = same as [(typeof same)[number]];
    return {
      apiGroups: [group],
      resources: same.map(({ resource }) => resource),
      ...(names.length > 0 && { resourceNames: names }),
      verbs,
    };
  });
};
