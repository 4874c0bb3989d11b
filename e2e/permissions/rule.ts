import type { Resource } from '../kube/cluster.ts';

/** What may be done to objects, in the order in which it is printed. */
export const verbs = ['get', 'list', 'watch', 'create', 'patch', 'delete'] as const;

export type Verb = (typeof verbs)[number];

/**
 * Where it may be done: in Longhorn's namespace, in one that holds backup stores, to what is in no namespace,
 * or in one that somebody named.
 */
export type RuleScope = 'longhorn' | 'stores' | 'cluster' | { namespace: string };

/** Something that requests of the suite do. Nothing stands for several: no wildcards. */
export type PermissionRule = {
  place: RuleScope;
  resource: Resource;
  subresource?: 'exec' | 'log' | 'portforward';
  verbs: readonly Verb[];
  /** Only to the objects of these names. */
  names?: readonly string[];
  /** Why no run that goes well asks for it, where that is so. */
  seldom?: string;
};
