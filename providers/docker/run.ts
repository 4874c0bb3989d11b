import { fileURLToPath } from 'node:url';
import type { ExecaError } from 'execa';
import { formatDuration } from '../../e2e/kube/duration.ts';
import { shorten } from '../../e2e/kube/text.ts';
import { PreconditionError } from '../../e2e/machine/precondition-error.ts';
import { ownedCommand } from '../../lab/build/owned-command.ts';

// kind resolves the paths in kind-config.yaml relative to its working directory.
const root = fileURLToPath(new URL('../..', import.meta.url));

/** Options of a kind or k3d command. `timeout` is in ms, and the caller that creates or removes the cluster owns it. */
type RunOptions = {
  /** Replaces the default kubeconfig: the user's own file is never changed. */
  kubeconfig: string;
  timeout: number;
  signal?: AbortSignal;
};

/**
 * The essential part of a command's output: from its first error on, without the stack and the inner commands
 * that kind may add. For an inner command only its own error, if there is one: kubeadm prints it after
 * hundreds of lines, and before a stack.
 */
const essentialOutput = (said: string): string => {
  const lines = said
    .replaceAll(/command ".*" failed with error: /g, '')
    .split('\n')
    .map((line) => line.replace(/^(?:ERROR: |(?:ERRO|FATA)\[\d+\] )/, '! '));
  const start = lines.findIndex((line) => line.startsWith('! '));
  const end = lines.findIndex((line) => line.startsWith('Stack Trace:'));
  const kept = lines.slice(Math.max(start, 0), end < 0 ? undefined : end);
  const output = kept.findIndex((line) => line.startsWith('Command Output:'));
  const error = kept.findLast((line) => line.startsWith('error: '));
  return shorten(
    (output < 0 || error === undefined ? kept : [...kept.slice(0, output), error])
      .join(' ')
      .replaceAll('! ', ''),
  );
};

/**
 * Runs kind or k3d and returns its output. The command ends with this process, including its child processes,
 * and Ctrl-C at the terminal does not reach it. Throws the signal's reason, or PreconditionError with the command's
 * error in one line.
 */
export const runTool = async (
  command: string,
  args: readonly string[],
  options: RunOptions,
): Promise<string> => {
  const { kubeconfig, timeout, signal } = options;
  const shown = `${command} ${args.slice(0, 2).join(' ')}`;
  try {
    const ending = { timeout, ...(signal && { cancelSignal: signal }) };
    const { stdout } = await ownedCommand(command, args, {
      ...ending,
      cwd: root,
      env: { KUBECONFIG: kubeconfig },
    });
    return stdout;
  } catch (error) {
    signal?.throwIfAborted();
    // Without the standard output, which may be a kubeconfig with keys.
    const { timedOut, stderr = '' } = error as ExecaError & { stderr?: string };
    throw new PreconditionError({
      code: 'tool-failed',
      what: `${shown} ${timedOut ? `did not end in ${formatDuration(timeout)}` : 'failed'}: ${essentialOutput(stderr)}`,
    });
  }
};
