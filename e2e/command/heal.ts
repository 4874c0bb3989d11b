import { Command, CommanderError } from 'commander';
import { closeGone, healLeftOver } from '../faults/fault.ts';
import { openLedger } from '../faults/ledger.ts';
import { connect } from '../observe/cluster.ts';
import { type ExitCode, exitCode } from './exit-code.ts';

type Flags = { kubeconfig: string; context?: string; out: string };

const program = (): Command =>
  new Command('npm run heal --')
    .description('Undoes what a run that was killed has left in force in a cluster, as its ledger (faults.json) tells.')
    .requiredOption('--kubeconfig <file>', 'the cluster that the run was on')
    .option('--context <name>', "a context of it; by default the file's own choice")
    .option('--out <dir>', 'the output folder of that run', '.corral/last')
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ outputError: () => {} });

const heal = async ({ kubeconfig, context, out }: Flags): Promise<string[]> => {
  const ledger = await openLedger(out);
  if (ledger.open().length === 0) return [`nothing is in force: ${out} tells of no fault that was not healed`];
  // A lab takes its kubeconfig with it, so this comes before the cluster is looked for.
  const gone = await closeGone(ledger);
  if (ledger.open().length === 0) return gone;
  return [...gone, ...(await healLeftOver({ cluster: connect({ kubeconfig, ...(context !== undefined && { context }) }), ledger }))];
};

const messages = (error: unknown): string[] =>
  error instanceof AggregateError ? error.errors.flatMap(messages) : [error instanceof Error ? error.message : String(error)];

/** `npm run heal`: undoes the faults of a killed run. Returns the exit code: 0 healed, 1 something could not be healed, 2 usage. */
export const runHealCommand = async (argv: readonly string[]): Promise<ExitCode> => {
  const complain = (lines: string[]) => process.stderr.write(lines.map((line) => `heal: ${line}\n`).join(''));
  try {
    const command = program().parse(argv, { from: 'user' });
    for (const line of await heal(command.opts<Flags>())) process.stdout.write(`${line}\n`);
    return exitCode.passed;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return exitCode.passed;
    if (error instanceof CommanderError) {
      complain([`${error.message.replace(/^error: /, '')}: see npm run heal -- --help`]);
      return exitCode.usage;
    }
    complain(messages(error));
    return exitCode.failed;
  }
};
