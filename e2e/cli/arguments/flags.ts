import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Command, CommanderError, type Option } from 'commander';
import { inOneLine, usageError } from '../exit-code.ts';

/** Whether help is asked for, of a command that has no flags otherwise. */
export const asksForHelp = (argv: readonly string[]): boolean =>
  argv.some((argument) => argument === '--help' || argument === '-h');

/** What commander says of wrong arguments, in one line: `unknown option '--kep' (Did you mean --keep?)`. */
export const commanderMessage = ({ message }: CommanderError): string =>
  inOneLine(message.replace(/^error: /, '')).replace(/\.$/, '');

/**
 * Parses what a command was called with. Throws a CommandError of one line, which names the command's help;
 * false means that help was asked for, and given.
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

type Variables = Record<string, string | undefined>;

// What npm (11) knows itself: whether these were meant for the command, nobody can tell.
const npmsOwn = new Set(['json', 'name', 'only', 'verbose', 'help', 'version']);

/**
 * Ends the command, as commander does for a flag that it does not know, when flags of its own were given to
 * npm, which keeps them (`npm run e2e --keep`, without ` -- `). What npm was configured with, or has from
 * whoever called it, is none of these. Returns the command.
 */
export const refuseLostFlags = (
  command: Command,
  argv: readonly string[],
  variables: Variables = process.env,
  npms: () => Variables = environmentOfNpm,
): Command => {
  const [, script] = /^npm run (?:--silent )?([\w:-]+)/.exec(command.name()) ?? [];
  if (variables.npm_lifecycle_event !== script || !/^run/.test(variables.npm_command ?? '')) return command;
  const lost = optionsOf(command).flatMap((option) => {
    const name = option.long?.replace(/^--/, '') ?? '';
    const variable = `npm_config_${name.replaceAll('-', '_')}`;
    const value = variables[variable];
    if (
      value === undefined ||
      npmsOwn.has(name) ||
      isConfigured(name, variables) ||
      npms()[variable] !== undefined
    )
      return [];
    return [{ option, name, value }];
  });
  if (lost.length === 0) return command;
  const unsure = lost.some(({ option, value }) => isWithoutValue(option, value));
  const typed = lost.map(({ option, name, value }) => {
    if (isWithoutValue(option, value)) return `--${name} ${/<[^>]*>/.exec(option.flags)?.[0]}`;
    return option.isBoolean() ? `--${name}` : `--${name} ${quoted(value)}`;
  });
  // A word that npm did hand on may be the value of a flag that it did not.
  const line = [command.name(), ...(unsure ? [] : argv.map(quoted)), ...typed].join(' ');
  return command.error(
    `npm keeps --${lost.map(({ name }) => name).join(', --')} for itself where no -- stands before: type ${line}`,
  );
};

const optionsOf = ({ options, commands }: Command): Option[] => {
  const all = [...options, ...commands.flatMap(optionsOf)];
  return [...new Map(all.map((option) => [option.long, option])).values()];
};

// npm 11 takes the word after a flag that it does not know for no part of it.
const isWithoutValue = (option: Option, value: string): boolean => !option.isBoolean() && value === 'true';

/** A word as a shell reads it. */
export const quoted = (word: string): string =>
  /^[\w./:=@,+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

const isConfigured = (name: string, variables: Variables): boolean =>
  [
    variables.npm_config_userconfig,
    variables.npm_config_globalconfig,
    join(variables.npm_config_local_prefix ?? '.', '.npmrc'),
  ].some(
    (file) =>
      file !== undefined &&
      existsSync(file) &&
      new RegExp(`^\\s*${name}\\s*(=|$)`, 'm').test(readFileSync(file, 'utf8')),
  );

/**
 * What npm itself was started with: one that runs another one hands on what it was given. Empty where that
 * cannot be read.
 */
const environmentOfNpm = (): Variables => {
  try {
    for (let pid = process.ppid; pid > 1; pid = parentOf(pid)) {
      if (!/^npm\b|\bnpm-cli\.js\0/.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8'))) continue;
      const entries = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
      return Object.fromEntries(entries.map((entry) => [entry.replace(/=.*$/s, '').toLowerCase(), entry]));
    }
  } catch {
    // Another system, or another's process.
  }
  return {};
};

const parentOf = (pid: number): number =>
  Number(
    readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')[1],
  );
