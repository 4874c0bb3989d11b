import { existsSync } from 'node:fs';
import type { ExistingCluster, RunConfig } from '../../e2e/config/config.ts';
import { PreconditionError } from '../../e2e/machine/precondition-error.ts';
import type { Terminal } from './confirm.ts';
import { connectAndConfirm } from './existing.ts';
import { variableSettingNames } from './setting-names.ts';

/**
 * The guard of a run that was started without the command (`npx vitest run --project e2e`). An existing
 * cluster must be named by its context. Its identity is printed, and it is confirmed by its UID or at a
 * terminal before anything is created. Throws PreconditionError otherwise.
 */
export const guardBareRun = async (
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
      throw new PreconditionError({
        code: 'kubeconfig-missing',
        what: `there is no kubeconfig ${named.kubeconfig}`,
        remedy: 'is that cluster still up?',
      });
    return;
  }
  if (context === undefined)
    throw new PreconditionError({
      code: 'context-missing',
      what: 'CORRAL_CONTEXT is not set',
      remedy: "a cluster that is somebody's is named, never guessed",
    });
  const { signal } = new AbortController();
  await connectAndConfirm({
    existing: { ...named, context },
    settingNames: variableSettingNames,
    run,
    signal,
    progress: { note: print },
    terminal,
  });
};
