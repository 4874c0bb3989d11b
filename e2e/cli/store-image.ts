import { Command } from 'commander';
import { createProgress } from '../../providers/progress.ts';
import type { Progress } from '../../providers/provider.ts';
import { NotFit } from '../machine/not-fit.ts';
import { checkFile } from './arguments/checks.ts';
import { parseFlags, quoted } from './arguments/flags.ts';
import { CommandError, type ExitCode, exitCode } from './exit-code.ts';

const program = (): Command =>
  new Command('npm run store-image --')
    .description(
      "Writes the image of the backup stores' pods as an OCI archive, for the registry that a cluster of yours pulls from.",
    )
    .requiredOption('--out <file>', 'the archive')
    .addHelpText('after', '\nExit code 0: it is written. 2: usage. 3: this machine cannot make it, and why.')
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ outputError: () => {} });

/** `npm run store-image`: writes the stores' image; `pack` makes it. Returns the exit code. */
export const runStoreImageCommand = async (
  argv: readonly string[],
  { pack }: { pack: (file: string, progress: Pick<Progress, 'step'>) => Promise<void> },
): Promise<ExitCode> => {
  try {
    const command = program();
    if (!parseFlags(command, argv)) return exitCode.passed;
    const { out } = command.opts<{ out: string }>();
    await pack(checkFile('out', out, 'store-image.tar'), createProgress());
    process.stdout.write(
      `It is an OCI archive: push it where your cluster pulls from, and name that by --store-image:
skopeo copy oci-archive:${quoted(out)} docker://REGISTRY/corral-store:TAG
`,
    );
    return exitCode.passed;
  } catch (error) {
    const known = error instanceof CommandError || error instanceof NotFit;
    if (!known) throw error;
    process.stderr.write(`store-image: ${error.message}\n`);
    return error instanceof CommandError ? error.exitCode : exitCode.notFit;
  }
};
