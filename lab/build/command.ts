import type { ExecaError, Options } from 'execa';
import { formatDuration } from '../../e2e/kube/duration.ts';
import { PreconditionError } from '../../e2e/machine/precondition-error.ts';
import { watchDisk } from './disk-watch.ts';
import { ownedCommand } from './owned-command.ts';
import { buildSignal } from './signal.ts';

type BuildOptions = {
  /** The folder that the command writes into. */
  folder: string;
  /** Time-out in ms. The caller's build owns it. */
  timeout: number;
  /** The working directory, and additional environment variables. */
  cwd?: string;
  env?: Record<string, string>;
  /** Called with each line of output. A line for which it returns true is not kept. */
  onLine?: (line: string) => boolean;
};

/** A command of a build failed by itself. `said` is all its output. */
export class CommandFailed extends Error {
  readonly said: string;
  readonly exitCode: number | undefined;
  constructor(command: string, said: string, exitCode?: number) {
    super(`${command} failed: ${said}`);
    this.said = said;
    this.exitCode = exitCode;
  }
}

/**
 * Runs a build's command to its end and returns its output. Throws the build's own reason if the build was interrupted,
 * ENOSPC if the disk became full, PreconditionError after the time-out, and otherwise CommandFailed with all output.
 */
export const buildCommand = async (
  command: string,
  args: readonly string[],
  { folder, timeout, onLine, ...options }: BuildOptions,
): Promise<string> => {
  const disk = watchDisk(folder);
  const signal = buildSignal();
  const filterLines = function* (line: string) {
    if (!onLine?.(line)) yield line;
  };
  const cancelSignal = signal ? AbortSignal.any([signal, disk.signal]) : disk.signal;
  try {
    const { all } = await ownedCommand(command, args, {
      ...options,
      cancelSignal,
      timeout,
      all: true,
      ...(onLine && { stdout: filterLines, stderr: filterLines }),
    } satisfies Options);
    return all;
  } catch (error) {
    cancelSignal.throwIfAborted();
    const { timedOut, all = '', exitCode } = error as ExecaError<{ all: true }>;
    if (timedOut)
      throw new PreconditionError({
        code: 'command-too-slow',
        what: `${command} did not end in ${formatDuration(timeout)}`,
        remedy: 'end what keeps this machine or its network busy, then run the command again',
      });
    throw new CommandFailed(command, all, exitCode);
  } finally {
    disk.stop();
  }
};
