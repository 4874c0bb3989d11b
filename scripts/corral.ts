#!/usr/bin/env node
import { fileURLToPath } from 'node:url';
import { Command, CommanderError } from 'commander';
import { commanderMessage } from '../e2e/cli/arguments/flags.ts';
import { exitCode } from '../e2e/cli/exit-code.ts';
import { guardOutput } from '../e2e/kube/redact/guard-output.ts';
import { goOnWithoutReader } from '../e2e/report/without-reader.ts';

guardOutput();
// Whatever command it becomes: one that only prints ends by itself.
goOnWithoutReader();

// `npx corral COMMAND FLAGS...` is `npm run COMMAND -- FLAGS...`.
const commands = {
  e2e: 'play the scenarios, in a cluster of their own or in one of yours',
  doctor: 'say what a run would lack, and what mends it',
  cleanup: 'remove what runs have left in a cluster',
  heal: 'undo what a run that was killed has left in force',
  rbac: 'print the rights that a run needs',
  'store-image': "write the image of the backup stores' pods as an archive",
  report: 'make the page of a run, or of several',
  compare: 'say what differs between two runs',
  'merge-reports': 'merge the reports of shards',
  replay: 'judge the histories of a run again',
  explain: 'say what a message of Longhorn means',
  bugs: 'tell of the known bugs of Longhorn, and write one up',
  store: 'look into a Longhorn backup store',
  fleet: 'play shards in a Kubernetes Job',
  lab: "bring the lab's cluster by itself",
  traceability: 'say which step proves which sentence of the documents',
};

const examples = `
Examples:
  npx corral doctor
  npx corral e2e --list
  npx corral e2e --tags 'recurring-jobs && !denied-snapshots'
  npx corral e2e --last-failed --pause-on-failure
  npx corral e2e --provider existing --kubeconfig FILE --context NAME --store-image IMAGE --dry-run

npx corral COMMAND --help tells of a command.`;

const play = async (name: string): Promise<void> => {
  const script = new URL(`${name}.ts`, import.meta.url);
  process.argv.splice(1, 2, fileURLToPath(script));
  await import(script.href);
};

const program = new Command('npx corral')
  .description('Corral, an end-to-end test suite for Longhorn backups.')
  .usage('COMMAND [FLAGS...]')
  .helpCommand(false)
  .configureHelp({ subcommandTerm: (command) => command.name() })
  .addHelpText('after', examples)
  .enablePositionalOptions()
  .exitOverride()
  .configureOutput({ outputError: () => {} });
for (const [name, about] of Object.entries(commands))
  program
    .command(name)
    .description(about)
    .helpOption(false)
    .argument('[flags...]')
    .passThroughOptions()
    .allowUnknownOption()
    .action(() => play(name));

try {
  if (process.argv.length === 2) program.error('name a command');
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  if (error.exitCode !== 0)
    process.stderr.write(`corral: ${commanderMessage(error)}: see npx corral --help\n`);
  process.exitCode = error.exitCode === 0 ? exitCode.passed : exitCode.usage;
}
