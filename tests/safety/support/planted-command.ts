import { runE2e } from '../../../e2e/cli/run-command.ts';
import { connect } from '../../../e2e/kube/cluster.ts';
import { guardOutput } from '../../../e2e/kube/redact/guard-output.ts';
import { PreconditionError } from '../../../e2e/machine/precondition-error.ts';
import type { Provider } from '../../../providers/provider.ts';

// As npx corral e2e, with a provider whose cluster is there. Called as: planted-command.ts CONFIG KUBECONFIG
// HOW TEXT FLAGS...
const [config = '', kubeconfig = '', how = '', text = '', ...argv] = process.argv.slice(2);

guardOutput();
const lab: Provider = {
  name: 'lab',
  offers: async () => ({ lab: false, allow: [], without: [] }),
  up: async ({ progress }) => {
    // As every provider does that is given a cluster.
    connect({ kubeconfig });
    progress.note(text);
    await progress.step(text, async (update) => update(text)).catch(() => {});
    if (how === 'precondition-error') throw new PreconditionError({ code: 'planted', what: text });
    if (how === 'dies')
      await progress.step('Booting', () => Promise.reject(new Error(text, { cause: new Error(text) })));
    return {
      kubeconfig,
      context: 'x',
      provider: 'lab',
      storeImage: 'store:inline',
      allow: [],
      accessHints: [text],
      target: { name: 'emulator', version: '0.0.0' },
      problems: () => [text],
      lost: new AbortController().signal,
      keep: () => {},
      down: () => Promise.reject(new Error(text)),
    };
  },
};
process.exit(await runE2e({ argv, config, providers: { lab: async () => lab } }));
