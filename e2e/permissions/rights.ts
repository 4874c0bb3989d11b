import type { Access } from '../kube/access.ts';
import { longhornNamespace } from '../longhorn/resources.ts';
import { type PermissionRule, type RuleScope, type Verb, verbs } from './rule.ts';

/**
 * A single right, as an access review expresses it. Without a namespace it applies to all namespaces, or to
 * cluster-scoped objects.
 */
export type Right = {
  everywhere: boolean;
  verb: Verb;
  group: string;
  resource: string;
  subresource?: string;
  name?: string;
  namespace?: string;
};

/** The namespace of a place. Undefined for cluster-scoped objects, and for all namespaces. */
const namespaceOf = (place: RuleScope, stores: string | undefined): string | undefined =>
  typeof place === 'object'
    ? place.namespace
    : { longhorn: longhornNamespace, stores, cluster: undefined }[place];

/**
 * Expands rules to single rights without duplicates. `stores` is the namespace that all stores share; undefined if
 * they do not.
 */
export const toRights = (
  rules: readonly PermissionRule[],
  { stores }: { stores: string | undefined },
): Right[] => {
  const rights = rules.flatMap((rule) => {
    const namespace = namespaceOf(rule.place, stores);
    return verbs
      .filter((verb) => rule.verbs.includes(verb))
      .flatMap((verb) =>
        (rule.names ?? [undefined]).map(
          (name): Right => ({
            everywhere: rule.place === 'stores' && namespace === undefined,
            verb,
            group: rule.resource.group,
            resource: rule.resource.plural,
            ...(rule.subresource !== undefined && { subresource: rule.subresource }),
            ...(name !== undefined && { name }),
            ...(namespace !== undefined && { namespace }),
          }),
        ),
      );
  });
  return [...new Map(rights.map((right) => [JSON.stringify(right), right])).values()];
};

/** Describes a right: `delete pods in namespace longhorn-system`. */
export const describeRight = ({
  verb,
  group,
  resource,
  subresource,
  name,
  namespace,
  everywhere = false,
}: Access & { everywhere?: boolean }): string => {
  const what = [group === '' ? resource : `${resource}.${group}`, subresource]
    .filter((part) => part !== undefined)
    .join('/');
  const where = everywhere ? ' in every namespace' : '';
  return `${verb} ${what}${name === undefined ? '' : ` ${name}`}${namespace === undefined ? where : ` in namespace ${namespace}`}`;
};
