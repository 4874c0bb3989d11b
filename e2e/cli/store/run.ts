import type { Command } from 'commander';
import { localReaders } from '../../store/drivers/index.ts';
import { StoreUnreadable } from '../../store/format/source.ts';
import {
  addSubcommands,
  helpEnd,
  newCommand,
  outputOption,
  parseFlags,
  type Subcommand,
  toExitCode,
} from '../command.ts';
import { CommandError, exitCode } from '../exit-code.ts';
import { fsck } from './fsck.ts';
import { list } from './list.ts';
import { show } from './show.ts';

const words = localReaders.map(({ words }) => words);

const stores = `STORE is the folder that contains the folder backupstore: ${words.flatMap(({ folder = [] }) => folder).join(', ')}, a mount of one, or a copy; or ${words.map(({ url }) => url).join(', or ')}. Nothing is ever written to it, and symbolic links in it are not followed.`;

const exitCodes =
  'Exit codes: 0 the store is sound (there may be warnings): everything that Longhorn needs to restore the volumes, system backups and backing images in it is there and as it was written (the content of the volumes, such as a file system, is not checked); 1 fsck found lost or wrong data; 2 wrong usage; 3 the store, or what was to be shown, cannot be read.';

type Work = () => number | Promise<number>;

const makeProgram = (others: Record<string, Subcommand>, chosen: (work: Work) => void): Command => {
  const program = newCommand('store', 'Checks a Longhorn backup store, without Longhorn.').addHelpText(
    'after',
    helpEnd(stores, exitCodes),
  );
  const command = (usage: string, description: string) =>
    program
      .command(usage)
      .description(description)
      .addOption(outputOption())
      .addHelpText('after', helpEnd(stores));
  command(
    'fsck <store>',
    'check everything: configs, references, the data of every block, leftovers and locks',
  )
    .option('--quick', 'do not check the data of the blocks')
    .action((store, flags) => chosen(() => of(store, fsck(store, flags))));
  command('ls <store>', 'list the volumes and their backups').action((store, flags) =>
    chosen(() => of(store, list(store, flags))),
  );
  command(
    'show <store> <name>',
    'print the config of a volume or a backup (VOLUME/BACKUP if the name is not unique)',
  ).action((store, name, flags) => chosen(() => of(store, show(store, name, flags))));
  return addSubcommands(program, others, chosen);
};

const of = <T>(store: string, work: Promise<T>): Promise<T> =>
  work.catch((error) => {
    throw error instanceof StoreUnreadable
      ? new CommandError(`${store}: ${error.message}`, exitCode.notFit)
      : error;
  });

/**
 * `npx corral store`: inspects a backup store, or runs one of the other commands about stores. Returns the exit code.
 * Errors are printed.
 */
export const runStoreCommand = (
  argv: readonly string[],
  others: Record<string, Subcommand> = {},
): Promise<number> =>
  toExitCode<number>('store', () => {
    let work: Work = () => exitCode.passed;
    parseFlags(
      makeProgram(others, (chosen) => {
        work = chosen;
      }),
      argv,
    );
    return work();
  });
