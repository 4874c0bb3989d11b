import { Command, InvalidArgumentError, Option } from 'commander';
import semver from 'semver';
import type { Where } from '../../longhorn/messages/look-up.ts';
import type { Field } from '../../longhorn/messages/row.ts';
import { parseFlags } from '../arguments/parse-flags.ts';

// The names that a reader of `kubectl get -o yaml` knows; a log has levels, an event types, a condition a type: any of them.
const fields = {
  'messages.error': (field) => field === 'status.messages.error',
  'messages.info': (field) => field === 'status.messages.info',
  error: (field) => field === 'status.error',
  condition: (field) => field.startsWith('condition '),
  event: (field) => field.startsWith('event '),
  log: (field) => field.startsWith('log '),
} satisfies Record<string, (field: Field) => boolean>;

/** What the command was asked. */
export type Arguments = { text: string; where: Where; json: boolean };

type Flags = { field?: keyof typeof fields; state?: string; longhorn?: string; json?: boolean };

const exitCodes = `
TEXT is what Longhorn said: a field of an object, an event, or a line of a log; - reads it from the standard input. Of a deletion that failed its cause
will do. What is said in another field or state is another message, so a text alone may have several meanings.

Exit codes: 0 the catalogue knows the text; 1 it is unclassified; 2 the command was called in a way it does not know.`;

const parseVersion = (version: string): string => {
  if (semver.valid(version) === null) throw new InvalidArgumentError('give a version by all its numbers, as v1.12.1');
  return version;
};

const notEmpty = (state: string): string => {
  if (state.trim() === '') throw new InvalidArgumentError('name a state, as Error, or the reason of an event');
  return state;
};

const program = (): Command =>
  new Command('npm run explain --')
    .description('Asks the message catalogue what a text of Longhorn means, and what to do about it.')
    .argument('<text>', 'what Longhorn said; - reads it from the standard input')
    .addOption(new Option('--field <field>', 'where it stands').choices(Object.keys(fields)))
    .option('--state <state>', 'the state of the object that says it, or the reason of the event', notEmpty)
    .option('--longhorn <version>', 'the version of Longhorn that says it', parseVersion)
    .option('--json', 'print JSON')
    .addHelpText('after', exitCodes)
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ outputError: () => {} });

/** Reads the arguments; throws a CommandError of one line for what is none. Undefined: help was asked for, and given. */
export const parseExplain = (argv: readonly string[]): Arguments | undefined => {
  const command = program();
  if (!parseFlags(command, argv)) return undefined;
  const { field, state, longhorn, json = false } = command.opts<Flags>();
  const where = {
    ...(field !== undefined && { isField: fields[field] }),
    ...(state !== undefined && { state }),
    ...(longhorn !== undefined && { version: longhorn }),
  };
  return { text: command.args[0] ?? '', where, json };
};
