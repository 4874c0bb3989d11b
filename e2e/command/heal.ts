import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { closeGone, healLeftOver } from '../faults/fault.ts';
import { healByLabels } from '../faults/heal-by-labels.ts';
import { openLedger } from '../faults/ledger.ts';
import { connect } from '../observe/cluster.ts';
import { runIdPattern } from '../run-id.ts';
import { commanderMessage } from './arguments/commander-message.ts';
import { type ExitCode, exitCode } from './exit-code.ts';

type Flags = { kubeconfig: string; context?: string; out: string; run?: string };

const parseRun = (id: string): string => {
  if (!runIdPattern.test(id))
    throw new InvalidArgumentError('it is six characters of a-z and 0-9, as the first line of a run and its report say it');
  return id;
};

const program = (): Command =>
  new Command('npm run heal --')
    .description('Undoes what a run that was killed has left in force in a cluster, as its ledger (faults.ndjson) tells.')
    .requiredOption('--kubeconfig <file>', 'the cluster that the run was on')
    .option('--context <name>', "a context of it; by default the file's own choice")
    .option('--out <dir>', 'the output folder of that run', '.corral/last')
    .option('--run <id>', 'the id of that run, where its output folder is lost: what it left is found by its labels', parseRun)
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ outputError: () => {} });

const heal = async ({ kubeconfig, context, out, run }: Flags): Promise<string[]> => {
  const reach = () => connect({ kubeconfig, ...(context !== undefined && { context }) });
  if (run !== undefined) {
    const told = await healByLabels(reach(), run);
    return told.length > 0 ? told : [`nothing is in force: no fault in the cluster is labelled with run ${run}`];
  }
  const ledger = await openLedger(out);
  if (ledger.open().length === 0) return [`nothing is in force: ${out} tells of no fault that was not healed`];
  // A lab takes its kubeconfig with it, so this comes before the cluster is looked for.
  const gone = await closeGone(ledger);
  if (ledger.open().length === 0) return gone;
  return [...gone, ...(await healLeftOver({ cluster: reach(), ledger }))];
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
      complain([`${commanderMessage(error)}: see npm run heal -- --help`]);
      return exitCode.usage;
    }
    complain(messages(error));
    return exitCode.failed;
  }
};
