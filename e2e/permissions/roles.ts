import type { KubernetesObject } from '../kube/cluster.ts';
import type { Disruption } from '../longhorn/disruptions.ts';
import { longhornNamespace } from '../longhorn/resources.ts';
import { neededRules, type RunScope } from './needed.ts';
import { aroundScenarios } from './provider.ts';
import { type Right, toRights } from './rights.ts';
import { verbs } from './rule.ts';

/**
 * A service account that runs scenarios, and the namespace that it is in and that holds their backup stores.
 */
export type ServiceAccount = { namespace: string; name: string };

/** The one that is meant where nobody names another. */
export const defaultAccount: ServiceAccount = { namespace: 'corral', name: 'corral' };

type PolicyRule = { apiGroups: string[]; resources: string[]; resourceNames?: string[]; verbs: string[] };

const rbac = 'rbac.authorization.k8s.io';
const apiVersion = `${rbac}/v1`;

/**
 * All that has to be made so that a service account may run the scenarios with these disruptions, and nothing
 * else; in the order in which to apply it.
 */
export const rolesFor = (
  account: ServiceAccount,
  { allow, ...given }: { allow: readonly Disruption[] } & Omit<RunScope, 'disruptions' | 'namespace'>,
): KubernetesObject[] => {
  const { namespace, name } = account;
  const scope = { disruptions: allow, namespace, ...given };
  const rules = [...neededRules(scope), ...aroundScenarios(scope)];
  const rights = Map.groupBy(toRights(rules, { stores: namespace }), (right) => right.namespace);
  const inOrder = [...new Set([longhornNamespace, namespace, undefined, ...rights.keys()])];
  // The servers of the stores have capabilities that only this profile grants.
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
  // Others may run in other namespaces: outside of its own, the account's role is named by both.
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

/**
 * Rules of RBAC that grant these rights and no other: resources of a group with the same verbs stand
 * together.
 */
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
