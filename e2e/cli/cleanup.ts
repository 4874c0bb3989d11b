import type { Command } from 'commander';
import { runIdPattern } from '../config/run-id.ts';
import { connect } from '../kube/cluster.ts';
import { cleanup } from '../suite/cleanup/cleanup.ts';
import { newCommand, parseFlags, toExitCode } from './command.ts';
import { CommandError, type ExitCode, exitCode, usageError } from './exit-code.ts';

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
    'Removes what runs have left in a cluster, also after a crash: found by the label corral.test/run, and by what belongs to it.',
  )
    .requiredOption('--kubeconfig <file>', 'the file that names the cluster')
    .requiredOption('--context <name>', 'the context of that file')
    .option('--namespace <name>', 'the one that holds the backup stores, where the run was given one')
    .option(
      '--run <id>',
      'of this run, by its id: six characters, as the first line of a run and its report say it',
    )
    .option('--all', 'of every run, but those that are still under way')
    .option(
      '--force',
      "take Longhorn's own finalizers off what does not go within its time: its files may stay in the store and on the nodes",
    )
    .option('--dry-run', 'only say what would be removed')
    .addHelpText('after', '\nExit code 0: nothing is left. 1: something is, and why. 2: usage.');

const wantedOf = ({ run, all }: Flags): ReadonlySet<string> | 'all' => {
  if ((run === undefined) === (all === undefined)) throw usageError('say which: --run ID, or --all');
  if (run === undefined) return 'all';
  if (!runIdPattern.test(run)) throw usageError(`--run ${run || "''"}: it is six characters of a-z and 0-9`);
  return new Set([run]);
};

const print = (line: string): void => void process.stdout.write(`${line}\n`);

const run = async (argv: readonly string[]): Promise<ExitCode> => {
  const command = program();
  parseFlags(command, argv);
  const flags = command.opts<Flags>();
  const wanted = wantedOf(flags);
  const { kubeconfig, context, namespace, force = false, dryRun = false } = flags;
  try {
    const cluster = connect({ kubeconfig, context });
    print(`${cluster.server}, context ${cluster.context}`);
    const isClean = await cleanup({ cluster, wanted, namespace, force, dryRun, print });
    return isClean ? exitCode.passed : exitCode.failed;
  } catch (error) {
    throw new CommandError(error instanceof Error ? error.message : String(error), exitCode.failed);
  }
};

/**
 * `npx corral cleanup`: removes what runs have left in a cluster. Returns the exit code: 0 nothing is left, 1
 * something is, 2 usage.
 */
export const runCleanupCommand = (argv: readonly string[]): Promise<ExitCode> =>
  toExitCode('cleanup', () => run(argv));
