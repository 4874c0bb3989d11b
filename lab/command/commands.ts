import { type Command, InvalidArgumentError } from 'commander';
import type { StepRunner } from '../step.ts';

/** What the lab's commands need to define themselves. */
export type Commands = {
  program: Command;
  /** Defines a command for one lab, which the option `--name` selects. */
  onLab: (usage: string, description: string) => Command;
  step: StepRunner;
};

const labName = (value: string): string => {
  if (!/^[a-z0-9][a-z0-9-]{0,30}$/.test(value))
    throw new InvalidArgumentError('use up to 31 small letters, digits and dashes.');
  return value;
};

/** Adds the option `--name` to a command. */
export const withNameOption = (command: Command): Command =>
  command.option('--name <name>', 'which lab', labName, 'lab');

export const labInterruptedExitCode = 4;

/** A signal ended the command. */
export class Interrupted extends Error {
  constructor(signal: NodeJS.Signals) {
    super(`interrupted by ${signal}`);
  }
}
