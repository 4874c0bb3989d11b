import { existsSync } from 'node:fs';
import type { ExistingCluster, RunConfig } from '../../e2e/config/config.ts';
import { NotFit } from '../provider.ts';
import type { Terminal } from './confirm.ts';
import { lookAndAsk } from './existing.ts';

// The same words as the command has, but for its flags.
const variables: Record<string, string> = {
  '--expect-cluster ': 'CORRAL_EXPECT_CLUSTER=',
  '--kubeconfig': 'CORRAL_KUBECONFIG',
  '--context': 'CORRAL_CONTEXT',
  '--allow': 'CORRAL_ALLOW',
  '--namespace': 'CORRAL_NAMESPACE',
};
const byVariables = (text: string): string =>
  Object.entries(variables).reduce((told, [flag, variable]) => told.replaceAll(flag, variable), text);

/**
 * The guard of a run that the command has not started (`npx vitest run --project e2e`): a cluster that Corral
 * has not made is named by its context, told of, and confirmed by its UID or at a terminal, before anything
 * is made in it. Throws NotFit otherwise.
 */
export const guardAlone = async (
  {
    provider,
    context,
    run,
    ...named
  }: Omit<ExistingCluster, 'context'> & Pick<RunConfig, 'provider' | 'context' | 'run'>,
  { terminal, print }: { terminal: Terminal; print: (line: string) => void },
): Promise<void> => {
  if (provider !== 'existing') {
    if (!existsSync(named.kubeconfig))
      throw new NotFit(`there is no kubeconfig ${named.kubeconfig}: is that cluster still up?`);
    return;
  }
  if (context === undefined)
    throw new NotFit("CORRAL_CONTEXT is not set: a cluster that is somebody's is named, never guessed");
  const { signal } = new AbortController();
  const note = (line: string): void => print(byVariables(line));
  await lookAndAsk({ existing: { ...named, context }, run, signal, progress: { note }, terminal }).catch(
    (error: unknown) => {
      throw error instanceof NotFit ? new NotFit(byVariables(error.message)) : error;
    },
  );
};
