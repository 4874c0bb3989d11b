import { type Command, InvalidArgumentError } from 'commander';
import type { StepRunner } from '../step.ts';

/** What the lab's commands are made with. */
export type Commands = {
  program: Command;
  /** Starts a command on one lab: `--name` says which. */
  onLab: (usage: string, description: string) => Command;
  step: StepRunner;
};

const labName = (value: string): string => {
  if (!/^[a-z0-9][a-z0-9-]{0,30}$/.test(value))
    throw new InvalidArgumentError('use up to 31 small letters, digits and dashes.');
  return value;
};

/** Gives a command the option that says which lab it is for. */
export const forLab = (command: Command): Command =>
  command.option('--name <name>', 'which lab', labName, 'lab');

/** Prints lines on standard output. */
export const printLines = (...lines: readonly string[]): void =>
  void process.stdout.write(lines.map((line) => `${line}\n`).join(''));

/** The exit code of a command that was interrupted. */
export const labInterruptedExitCode = 4;

/** A signal ended the command. */
export class Interrupted extends Error {
  constructor(signal: NodeJS.Signals) {
    super(`interrupted by ${signal}`);
  }
}
