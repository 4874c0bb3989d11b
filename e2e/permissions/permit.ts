import type { Access, Permit } from '../kube/access.ts';
import { longhornNamespace } from '../longhorn/resources.ts';
import { neededRules, type RunScope } from './needed.ts';
import { providerRules } from './provider.ts';
import { describeRight } from './rights.ts';
import type { PermissionRule, RuleScope } from './rule.ts';

/**
 * Permits only the requests that the rules declare. The output of `npx corral rbac` is made from the same rules, so it
 * is complete, even if tests use a cluster on which the user may do everything. Any other request throws and is not
 * sent.
 */
export const permitNeeded = ({ run, ...scope }: RunScope & { run: string }): Permit => {
  const { disruptions, namespace } = scope;
  const isForStores = (other: string): boolean =>
    namespace === undefined ? other.startsWith(`corral-${run}-store-`) : other === namespace;
  const among =
    disruptions.length === 0
      ? 'of a scenario without disruptions'
      : `of a scenario with ${disruptions.join(', ')}`;
  return permitOnly(neededRules(scope), { isForStores, among });
};

/** Permits only the requests that the provider of an existing cluster needs. */
export const permitProvider = (scope: RunScope): Permit =>
  permitOnly([...providerRules(scope), ...everybodyMay], {
    isForStores: (other) => other === scope.namespace,
    among: 'of the provider',
  });

const review = (group: string, plural: string): PermissionRule => ({
  place: 'cluster',
  resource: { group, version: 'v1', plural, namespaced: false },
  verbs: ['create'],
});

// Kubernetes grants these to every authenticated user (system:basic-user).
const everybodyMay = [
  review('authorization.k8s.io', 'selfsubjectaccessreviews'),
  review('authentication.k8s.io', 'selfsubjectreviews'),
] as const;

const permitOnly = (
  rules: readonly PermissionRule[],
  { isForStores, among }: { isForStores: (namespace: string) => boolean; among: string },
): Permit => {
  const isAt = (place: RuleScope, { namespace }: Access): boolean => {
    if (typeof place === 'object') return namespace === place.namespace;
    if (namespace === undefined) return place === 'cluster';
    if (namespace === longhornNamespace) return place === 'longhorn';
    return place === 'stores' && isForStores(namespace);
  };
  return (access) => {
    if (rules.some((rule) => isAt(rule.place, access) && allows(rule, access))) return;
    throw new Error(
      `a defect of the suite: it wants to ${describeRight(access)}, which is not among the rights in e2e/permissions ${among}`,
    );
  };
};

const allows = ({ resource, subresource, verbs, names }: PermissionRule, access: Access): boolean =>
  resource.group === access.group &&
  resource.plural === access.resource &&
  subresource === access.subresource &&
  verbs.some((verb) => verb === access.verb) &&
  (names === undefined || names.some((name) => name === access.name));
