import { untilPolicy } from '../../faults/denied-deletion.ts';
import type { Cluster, Resource } from '../../kube/cluster.ts';
import type { LeftOver } from './find.ts';
import type { CleanupKind } from './kind.ts';
import { cleanupKinds } from './kinds.ts';

type Rules = { matchConstraints?: { resourceRules?: { apiGroups?: string[]; resources?: string[] }[] } };

/**
 * Waits until the API server has forgotten the admission policies that were removed, as far as they are about
 * something that is left.
 */
export const untilForgotten = async (
  cluster: Cluster,
  leftOver: readonly LeftOver[],
  print: (line: string) => void,
): Promise<void> => {
  for (const { object } of leftOver.filter(({ kind }) => kind === 'policies')) {
    const rules = ((object.spec ?? {}) as Rules).matchConstraints?.resourceRules ?? [];
    const denies = ({ group, plural }: Resource): boolean =>
      rules.some((rule) => rule.apiGroups?.includes(group) && rule.resources?.includes(plural));
    const probe = leftOver.find(({ kind }) => denies(cleanupKinds[kind].resource));
    if (probe === undefined) continue;
    const { resource }: CleanupKind = cleanupKinds[probe.kind];
    const { namespace = '', name } = probe.object.metadata;
    // Where it is not forgotten, the deletions that it denies say so.
    await untilPolicy(
      cluster,
      { policy: object.metadata.name, resource, probe: { namespace, name } },
      'gone',
    ).catch((error: Error) => print(error.message));
  }
};
