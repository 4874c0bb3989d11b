import { Command, CommanderError, Help } from 'commander';
import { waysHere } from '../../store/drivers/index.ts';
import { StoreUnreadable } from '../../store/format/source.ts';
import { commanderMessage, refuseLostFlags } from '../arguments/flags.ts';
import { CommandError, type ExitCode, exitCode } from '../exit-code.ts';
import { fsck } from './fsck.ts';
import { list } from './list.ts';
import { show } from './show.ts';

const words = waysHere.map(({ words }) => words);

const stores = `STORE is the folder that a backup store is in: ${words.flatMap(({ folder = [] }) => folder).join(', ')}, or a copy; or ${words.map(({ url }) => url).join(', or ')}. Nothing is ever written to it, and symbolic links in it are not followed.`;

const exitCodes = `Exit codes: 0 done, and the store is sound (there may be warnings); 1 fsck found data that are lost or wrong; 2 the command was called in a way it does not know; 3 the store, or what was to be shown, cannot be read at all.`;

const makeProgram = (ended: (code: ExitCode) => void): Command => {
  const program = new Command('npm run store --')
    .description('Looks into a Longhorn backup store, without Longhorn.')
    .addHelpText('after', [stores, exitCodes].map((text) => `\n${new Help().boxWrap(text, 80)}`).join('\n'));
  const command = (usage: string, description: string) =>
    program
      .command(usage)
      .description(description)
      .option('--json', 'print JSON')
      .allowExcessArguments(false)
      .addHelpText('after', stores);
  program
    .exitOverride()
    .configureOutput({ outputError: () => {}, writeErr: () => {} })
    .helpCommand(false);
  command(
    'fsck <store>',
    'check everything: configs, references, the data of every block, leftovers and locks',
  )
    .option('--quick', 'do not look into the blocks')
    .action(async (store, flags) => ended(await of(store, fsck(store, flags))));
  command('ls <store>', 'the volumes and their backups').action(async (store, flags) =>
    ended(await of(store, list(store, flags))),
  );
  command(
    'show <store> <name>',
    'the config of a volume or a backup; VOLUME/BACKUP where a name is not the only one',
  ).action(async (store, name, flags) => ended(await of(store, show(store, name, flags))));
  return program;
};

const of = <T>(store: string, work: Promise<T>): Promise<T> =>
  work.catch((error) => {
    throw error instanceof StoreUnreadable
      ? new CommandError(`${store}: ${error.message}`, exitCode.notFit)
      : error;
  });

/** `npm run store`: looks into a backup store. Returns the exit code; every error is told. */
export const runStoreCommand = async (argv: readonly string[]): Promise<ExitCode> => {
  let code: ExitCode = exitCode.passed;
  const complain = (message: string) => process.stderr.write(`store: ${message}\n`);
  try {
    const program = makeProgram((ended) => {
      code = ended;
    });
    await refuseLostFlags(program, argv).parseAsync(argv, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return exitCode.passed;
      complain(
        error.code === 'commander.help'
          ? 'name a command: fsck STORE, ls STORE or show STORE NAME'
          : commanderMessage(error),
      );
      return exitCode.usage;
    }
    complain(
      error instanceof CommandError
        ? error.message
        : error instanceof Error
          ? (error.stack ?? error.message)
          : String(error),
    );
    return error instanceof CommandError ? error.exitCode : exitCode.notFit;
  }
};
