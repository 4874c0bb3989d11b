import type { Command } from 'commander';
import { createProgress } from '../../providers/progress.ts';
import type { ProgressDisplay } from '../../providers/provider.ts';
import { shellQuote } from '../kube/shells.ts';
import { checkOutFile } from './arguments/checks.ts';
import { newCommand, parseFlags, toExitCode } from './command.ts';
import { type ExitCode, exitCode } from './exit-code.ts';

const program = (): Command =>
  newCommand(
    'store image',
    "Writes the image of the backup store's pod as an OCI archive, for your cluster's registry.",
  )
    .requiredOption('--out <file>', 'the archive')
    .addHelpText('after', '\nExit code 0: it is written. 2: usage. 3: this machine cannot make it, and why.');

/** `npx corral store image`: writes the image of the stores' pod, which `pack` creates. Returns the exit code. */
export const runStoreImageCommand = (
  argv: readonly string[],
  { pack }: { pack: (file: string, progress: Pick<ProgressDisplay, 'step'>) => Promise<void> },
): Promise<ExitCode> =>
  toExitCode('store image', async () => {
    const command = program();
    parseFlags(command, argv);
    const { out } = command.opts<{ out: string }>();
    await pack(checkOutFile('out', out, 'store-image.tar'), createProgress());
    process.stdout.write(
      `It is an OCI archive: push it where your cluster pulls from, and name that by --store-image:
skopeo copy oci-archive:${shellQuote(out)} docker://REGISTRY/corral-store:TAG
`,
    );
    return exitCode.passed;
  });
