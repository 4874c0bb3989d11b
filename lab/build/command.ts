import type { ExecaError, Options } from 'execa';
import { formatDuration } from '../../e2e/kube/duration.ts';
import { NotFit } from '../../e2e/machine/not-fit.ts';
import { watchDisk } from './disk-watch.ts';
import { ownedCommand } from './owned-command.ts';
import { buildSignal } from './signal.ts';

type BuildOptions = {
  /** The folder that it writes into. */
  folder: string;
  /** How long it may take; whoever builds owns this time-out. */
  timeout: number;
  /** The folder to start it in, and what it has in its environment beside what we have. */
  cwd?: string;
  env?: Record<string, string>;
  /** Gets each line as it is said; one for which it returns true is not kept. */
  onLine?: (line: string) => boolean;
};

/** A command of a build failed by itself; `said` is all that it wrote. */
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
 * Runs one of a build's commands to its end and returns what it said.
 *
 * Throws the build's own reason when that was interrupted, an ENOSPC when the disk got full, NotFit when it
 * took too long, else the command's failure with all that it said.
 */
export const buildCommand = async (
  command: string,
  args: readonly string[],
  { folder, timeout, onLine, ...options }: BuildOptions,
): Promise<string> => {
  const disk = watchDisk(folder);
  const signal = buildSignal();
  const hear = function* (line: string) {
    if (!onLine?.(line)) yield line;
  };
  const cancelSignal = signal ? AbortSignal.any([signal, disk.signal]) : disk.signal;
  try {
    const { all } = await ownedCommand(command, args, {
      ...options,
      cancelSignal,
      timeout,
      all: true,
      ...(onLine && { stdout: hear, stderr: hear }),
    } satisfies Options);
    return all;
  } catch (error) {
    cancelSignal.throwIfAborted();
    const { timedOut, all = '', exitCode } = error as ExecaError<{ all: true }>;
    if (timedOut)
      throw new NotFit({
        code: 'command-too-slow',
        what: `${command} did not end in ${formatDuration(timeout)}`,
        remedy: 'end what keeps this machine or its network busy, then run the command again',
      });
    throw new CommandFailed(command, all, exitCode);
  } finally {
    disk.stop();
  }
};
