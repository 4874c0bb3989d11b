import type { Resource } from '../kube/cluster.ts';

/** The verbs, in the order in which they are printed. */
export const verbs = ['get', 'list', 'watch', 'create', 'patch', 'delete'] as const;

export type Verb = (typeof verbs)[number];

/**
 * Where a rule applies: Longhorn's namespace, the namespaces of backup stores, cluster-scoped objects, or a named
 * namespace.
 */
export type RuleScope = 'longhorn' | 'stores' | 'cluster' | { namespace: string };

/** Requests of the suite. Rules have no wildcards. */
export type PermissionRule = {
  place: RuleScope;
  resource: Resource;
  subresource?: 'exec' | 'log' | 'portforward' | 'status';
  verbs: readonly Verb[];
  /** The rule applies only to objects with these names. */
  names?: readonly string[];
  /** Why runs without failures do not send these requests. Missing if they do. */
  rareUse?: string;
};
