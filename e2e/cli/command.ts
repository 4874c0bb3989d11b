import { Command, CommanderError, Help, Option } from 'commander';
import { printLines } from '../kube/print-lines.ts';
import { PreconditionError } from '../machine/precondition-error.ts';
import { CommandError, type ExitCode, exitCode, inOneLine, usageError } from './exit-code.ts';

/** Creates one of corral's commands. On wrong usage the command prints nothing itself: toExitCode prints one line. */
export const newCommand = (words: string, about: string): Command =>
  new Command(`npx corral ${words}`.trim())
    .description(about)
    .helpCommand(false)
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ outputError: () => {}, writeErr: () => {} });

/** The paragraphs at the end of a command's help, wrapped as the rest of it. */
export const helpEnd = (...paragraphs: readonly string[]): string =>
  paragraphs.map((text) => `\n${new Help().boxWrap(text, 80)}`).join('\n');

/** A command that parses its arguments itself. */
export type Subcommand = { about: string; run: (argv: string[]) => number | Promise<number> };

/** Adds commands that parse their arguments themselves. `chosen` gets the work of the command that was called. */
export const addSubcommands = (
  program: Command,
  subcommands: Record<string, Subcommand>,
  chosen: (work: () => number | Promise<number>) => void,
): Command => {
  program.enablePositionalOptions();
  for (const [name, { about, run }] of Object.entries(subcommands))
    program
      .command(name)
      .description(about)
      .helpOption(false)
      .argument('[arguments...]')
      .passThroughOptions()
      .allowUnknownOption()
      .action((argv: string[]) => chosen(() => run(argv)));
  return program;
};

/** Collects the values of a flag that may be given several times. */
export const collectValues = (value: string, before: readonly string[] = []): string[] => [...before, value];

/** The flag for the output format: text or JSON. */
export const outputOption = (): Option =>
  new Option('--output <form>', 'text for people, or json for programs')
    .choices(['text', 'json'])
    .default('text');

/** Flags that were renamed, with their new names. */
const renamed: Record<string, string> = {
  '--dry-run': '--list',
  '--verbose': '--output verbose',
  '--json': '--output json',
  '--s3-endpoint': 'a part of --bucket',
  '--s3-bucket': 'a part of --bucket',
  '--s3-secret': 'a part of --bucket',
};

/** Prints lines as the whole of what a command does. */
export const printAndPass = (lines: readonly string[]): ExitCode => {
  printLines(...lines);
  return exitCode.passed;
};

/** Parses the arguments of a command. Throws a CommandError of one line that refers to the command's help. */
export const parseFlags = (command: Command, argv: readonly string[]): void => {
  try {
    command.parse(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError) || error.exitCode === 0) throw error;
    throw usageError(`${explainUsage(command, argv, error)}: see ${command.name()} --help`);
  }
};

const explainUsage = (
  command: Command,
  argv: readonly string[],
  { code, message }: CommanderError,
): string => {
  if (code === 'commander.help')
    return `name a command: ${command.commands.map((each) => each.name()).join(', ')}`;
  const old = argv.map((word) => word.replace(/=.*$/s, '')).find((word) => renamed[word] !== undefined);
  if (code === 'commander.unknownOption' && old !== undefined) return `${old} is now ${renamed[old]}`;
  return inOneLine(message.replace(/^error: /, '')).replace(/\.$/, '');
};

/**
 * Prints the error that ended a command and returns its exit code. An error that the caller can correct is one line.
 * An error in this suite is printed with its stack.
 */
export const reportError = (words: string, error: unknown): ExitCode => {
  // The user asked for the help, and it was printed.
  if (error instanceof CommanderError && error.exitCode === 0) return exitCode.passed;
  const isKnown = error instanceof CommandError || error instanceof PreconditionError;
  const text =
    error instanceof Error ? ((isKnown ? undefined : error.stack) ?? error.message) : String(error);
  process.stderr.write(`${words}: ${text}\n`);
  return error instanceof CommandError ? error.exitCode : exitCode.notFit;
};

/** Runs a command and returns its exit code. Errors are printed. */
export const toExitCode = async <Code extends number = ExitCode>(
  words: string,
  work: () => Code | Promise<Code>,
): Promise<Code | ExitCode> => {
  try {
    return await work();
  } catch (error) {
    return reportError(words, error);
  }
};
