import { untilPolicy } from '../../faults/denied-deletion.ts';
import type { Cluster, Resource } from '../../kube/cluster.ts';
import type { LeftOver } from './find.ts';
import type { CleanupKind } from './kind.ts';
import { cleanupKinds } from './kinds.ts';

type Rules = { matchConstraints?: { resourceRules?: { apiGroups?: string[]; resources?: string[] }[] } };

/**
 * Waits until the API server no longer enforces the removed admission policies. Checks only policies that apply to an
 * object that is left.
 */
export const untilPoliciesGone = async (
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
    // If the wait fails, the deletions that the policy denies report it.
    await untilPolicy(
      cluster,
      { policy: object.metadata.name, resource, probe: { namespace, name } },
      'gone',
    ).catch((error: Error) => print(error.message));
  }
};
