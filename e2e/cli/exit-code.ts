import { interruptedExitCode } from '../report/interruption.ts';

/** What the command's exit code says. */
export const exitCode = {
  passed: 0,
  failed: 1,
  usage: 2,
  notFit: 3,
  differs: 4,
  interrupted: interruptedExitCode,
} as const;

export type ExitCode = (typeof exitCode)[keyof typeof exitCode];

/** The command cannot go on: one line for the reader (what, where, what to do) and the exit code. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly exitCode: ExitCode;

  constructor(message: string, code: ExitCode) {
    super(message);
    this.exitCode = code;
  }
}

/** The command was called in a way it does not know. */
export const usageError = (message: string): CommandError => new CommandError(message, exitCode.usage);

/** A text as one line: line breaks, with the blanks around them, become a blank each. */
export const inOneLine = (text: string): string => text.replace(/\s*\n\s*/g, ' ');
