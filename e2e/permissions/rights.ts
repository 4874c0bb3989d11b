import type { Access } from '../kube/access.ts';
import { longhornNamespace } from '../longhorn/resources.ts';
import { type PermissionRule, type RuleScope, type Verb, verbs } from './rule.ts';

/**
 * One thing that a user may or may not do, as an access review asks for it; without a namespace: everywhere,
 * or to what is in none.
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

/** The namespace that a place stands for; undefined for none, and for all. */
const namespaceOf = (place: RuleScope, stores: string | undefined): string | undefined =>
  typeof place === 'object'
    ? place.namespace
    : { longhorn: longhornNamespace, stores, cluster: undefined }[place];

/** Spells rules out, each right once; `stores` is the namespace that all stores share, if they do. */
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

/** In words: `delete pods in namespace longhorn-system`. */
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
