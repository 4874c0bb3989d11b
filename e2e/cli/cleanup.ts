import { Command, CommanderError } from 'commander';
import { runIdPattern } from '../config/run-id.ts';
import { connect } from '../kube/cluster.ts';
import { cleanup } from '../suite/cleanup/cleanup.ts';
import { commanderMessage, refuseLostFlags } from './arguments/flags.ts';
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
  new Command('npm run cleanup --')
    .description(
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
    .addHelpText('after', '\nExit code 0: nothing is left. 1: something is, and why. 2: usage.')
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ outputError: () => {} });

const wantedOf = ({ run, all }: Flags): ReadonlySet<string> | 'all' => {
  if ((run === undefined) === (all === undefined)) throw usageError('say which: --run ID, or --all');
  if (run === undefined) return 'all';
  if (!runIdPattern.test(run)) throw usageError(`--run ${run || "''"}: it is six characters of a-z and 0-9`);
  return new Set([run]);
};

const print = (line: string): void => void process.stdout.write(`${line}\n`);

const run = async (argv: readonly string[]): Promise<ExitCode> => {
  const flags = refuseLostFlags(program(), argv).parse(argv, { from: 'user' }).opts<Flags>();
  const wanted = wantedOf(flags);
  const { kubeconfig, context, namespace, force = false, dryRun = false } = flags;
  const cluster = connect({ kubeconfig, context });
  print(`${cluster.server}, context ${cluster.context}`);
  return (await cleanup({ cluster, wanted, namespace, force, dryRun, print }))
    ? exitCode.passed
    : exitCode.failed;
};

/**
 * `npm run cleanup`: removes what runs have left in a cluster. Returns the exit code: 0 nothing is left, 1
 * something is, 2 usage.
 */
export const runCleanupCommand = async (argv: readonly string[]): Promise<ExitCode> => {
  try {
    return await run(argv);
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return exitCode.passed;
    const isUsage =
      error instanceof CommanderError || (error instanceof CommandError && error.exitCode === exitCode.usage);
    const message =
      error instanceof CommanderError
        ? commanderMessage(error)
        : error instanceof Error
          ? error.message
          : String(error);
    process.stderr.write(`cleanup: ${message}${isUsage ? ': see npm run cleanup -- --help' : ''}\n`);
    return isUsage ? exitCode.usage : exitCode.failed;
  }
};
