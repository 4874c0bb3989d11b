import { type Command, CommanderError } from 'commander';
import { usageError } from '../exit-code.ts';
import { refuseLostFlags } from '../lost-flags.ts';
import { commanderMessage } from './commander-message.ts';

/**
 * Parses what a command was called with. Throws a CommandError of one line, which names the command's help; false means that help was asked for, and given.
 */
export const parseFlags = (command: Command, argv: readonly string[]): boolean => {
  try {
    refuseLostFlags(command, argv).parse(argv, { from: 'user' });
    return true;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return false;
    throw usageError(`${commanderMessage(error)}: see ${command.name()} --help`);
  }
};
