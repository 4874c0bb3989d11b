import { Command } from 'commander';
import { parseFlags } from '../../e2e/cli/arguments/parse-flags.ts';
import { usageError } from '../../e2e/cli/exit-code.ts';
import { isMutant, type Mutant, mutants } from '../../emulator/mutants.ts';

const known = Object.keys(mutants) as Mutant[];

/** Reads the flags: which mutants to play. Throws a CommandError of one line; undefined means that help was asked for, and given. */
export const parseArguments = (argv: string[]): Mutant[] | undefined => {
  const command = new Command('npm run mutants --')
    .description('Plays the scenarios on the emulator with one bug at a time, and says which assertion noticed it.')
    .option('--only <mutant>', 'only this one; may be given several times', (name: string, names: string[] = []) => [...names, name])
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ outputError: () => {} });
  if (!parseFlags(command, argv)) return undefined;
  const { only = [] } = command.opts<{ only?: string[] }>();
  const unknown = only.find((name) => !isMutant(name));
  if (unknown !== undefined) throw usageError(`--only ${unknown}: there is no such mutant; there are: ${known.join(', ')}`);
  return only.length === 0 ? known : known.filter((name) => only.includes(name));
};
