import { interruptedExitCode } from '../report/interruption.ts';

/** The exit codes of the commands. */
export const exitCode = {
  passed: 0,
  failed: 1,
  usage: 2,
  notFit: 3,
  differs: 4,
  interrupted: interruptedExitCode,
} as const;

export type ExitCode = (typeof exitCode)[keyof typeof exitCode];

/** An error that ends a command: one line for the user (what, where, what to do) and the exit code. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly exitCode: ExitCode;

  constructor(message: string, code: ExitCode) {
    super(message);
    this.exitCode = code;
  }
}

/** An error for wrong usage of a command. */
export const usageError = (message: string): CommandError => new CommandError(message, exitCode.usage);

/** Joins the lines of a text: each line break, with the blanks around it, becomes one blank. */
export const inOneLine = (text: string): string => text.replace(/\s*\n\s*/g, ' ');
