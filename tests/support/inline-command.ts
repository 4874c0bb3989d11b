import { setTimeout } from 'node:timers/promises';
import { runE2e } from '../../e2e/cli/run-command.ts';
import { PreconditionError } from '../../e2e/machine/precondition-error.ts';
import type { Provider } from '../../providers/provider.ts';

// The e2e command with a provider that starts nothing. Called as: inline-command.ts CONFIG HOW FLAGS...
const [config = '', how = '', ...argv] = process.argv.slice(2);

const endings: Record<string, Provider['up']> = {
  'precondition-error': () =>
    Promise.reject(
      new PreconditionError({
        code: 'tool-missing',
        what: 'mmdebstrap is missing',
        remedy: 'sudo apt-get install mmdebstrap',
      }),
    ),
  dies: ({ progress }) =>
    progress.step('Booting three nodes', () =>
      Promise.reject(new Error('node2 did not become Ready within 60 s')),
    ),
  'boots-long': ({ progress, signal }) =>
    progress.step('Booting three nodes', () => setTimeout(60_000, undefined as never, { signal })),
  // Keeps the process alive, like the processes of a cluster.
  'boots-deaf': ({ progress }) =>
    progress.step('Booting three nodes', () => setTimeout(60_000, undefined as never)),
};

const nodeEnded = 'node2 ended (SIGSEGV); it last said:\nKernel panic';
const lost = new AbortController();

const up: Provider['up'] = async ({ progress }) => {
  if (how === 'loses-a-node') process.on('SIGUSR2', () => lost.abort(new Error(nodeEnded)));
  await progress.step('Booting three nodes', async () => {});
  return {
    kubeconfig: '/nowhere/kubeconfig',
    context: 'inline',
    provider: 'lab',
    // Read when a round begins.
    get storeImage() {
      if (how === 'interrupted-late') process.kill(process.pid, 'SIGINT');
      return 'store:inline';
    },
    allow: [],
    accessHints: ['kubectl --kubeconfig /nowhere/kubeconfig get nodes'],
    target: { name: 'emulator', version: '0.0.0' },
    problems: () => (lost.signal.aborted ? [nodeEnded] : []),
    lost: lost.signal,
    // Reports that the cluster stays, like a real provider.
    keep: () => void process.stdout.write('(kept)\n'),
    down: async () => {
      if (how === 'stays-up') throw new Error('node2 does not answer');
    },
  };
};

const lab: Provider = {
  name: 'lab',
  offers: async () => ({ lab: false, allow: [], without: [] }),
  up: endings[how] ?? up,
};
const providers: Record<string, () => Promise<Provider>> = { lab: async () => lab };
if (how === 'existing')
  providers.existing = async () => (await import('../../providers/existing/existing.ts')).existingProvider;
process.exit(await runE2e({ argv, config, providers }));
