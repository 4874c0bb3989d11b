import type { Command } from 'commander';
import { runIdPattern } from '../config/run-id.ts';
import { connect } from '../kube/cluster.ts';
import { printLines } from '../kube/print-lines.ts';
import { remedyOf } from '../kube/remedy.ts';
import { cleanup } from '../suite/cleanup/cleanup.ts';
import { newCommand, parseFlags, toExitCode } from './command.ts';
import { CommandError, type ExitCode, exitCode, usageError } from './exit-code.ts';
import { requireAnswer } from './require-answer.ts';

type Flags = {
  kubeconfig: string;
  context: string;
  namespace?: string;
  run?: string;
  all?: true;
  force?: true;
  dryRun?: true;
};

const program = (): Command =>
  newCommand(
    'cleanup',
    'Removes the objects that runs have left in a cluster, also after a crash. It finds them by the label corral.test/run.',
  )
    .requiredOption('--kubeconfig <file>', 'the kubeconfig file')
    .requiredOption('--context <name>', 'the context in that file')
    .option('--namespace <name>', 'the namespace of the backup stores, if the run was given one')
    .option(
      '--run <id>',
      'clean up after this run: its id is in the first line of its output, and in its report',
    )
    .option('--all', 'clean up after all runs that are not active')
    .option(
      '--force',
      "remove Longhorn's finalizers from objects that do not go away: their files may stay in the store and on the nodes",
    )
    .option('--dry-run', 'only print what would be removed')
    .addHelpText('after', '\nExit code 0: nothing is left. 1: something is left, with the reason. 2: usage.');

const wantedOf = ({ run, all }: Flags): ReadonlySet<string> | 'all' => {
  if ((run === undefined) === (all === undefined)) throw usageError('say which: --run ID, or --all');
  if (run === undefined) return 'all';
  if (!runIdPattern.test(run)) throw usageError(`--run ${run || "''"}: it is six characters of a-z and 0-9`);
  return new Set([run]);
};

const run = async (argv: readonly string[]): Promise<ExitCode> => {
  const command = program();
  parseFlags(command, argv);
  const flags = command.opts<Flags>();
  const wanted = wantedOf(flags);
  const { kubeconfig, context, namespace, force = false, dryRun = false } = flags;
  try {
    const cluster = connect({ kubeconfig, context });
    await requireAnswer(cluster);
    printLines(`${cluster.server}, context ${cluster.context}`);
    const isClean = await cleanup({ cluster, wanted, namespace, force, dryRun, print: printLines });
    return isClean ? exitCode.passed : exitCode.failed;
  } catch (error) {
    const remedy = remedyOf(error);
    const why = error instanceof Error ? error.message : String(error);
    throw new CommandError(remedy === undefined ? why : `${why}: ${remedy}`, exitCode.failed);
  }
};

/**
 * `npx corral cleanup`: removes what runs have left in a cluster. Returns the exit code: 0 nothing is left, 1
 * something is left, 2 usage.
 */
export const runCleanupCommand = (argv: readonly string[]): Promise<ExitCode> =>
  toExitCode('cleanup', () => run(argv));
