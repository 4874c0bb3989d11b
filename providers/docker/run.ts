import { fileURLToPath } from 'node:url';
import type { ExecaError } from 'execa';
import { formatDuration } from '../../e2e/kube/duration.ts';
import { NotFit } from '../../e2e/machine/not-fit.ts';
import { ownedCommand } from '../../lab/build/owned-command.ts';
import { oneLine } from '../../lab/one-line.ts';

// kind reads the paths in kind-config.yaml from where it is started.
const root = fileURLToPath(new URL('../..', import.meta.url));

/** How a command of kind or k3d is run; `timeout` in ms, owned by whoever brings the cluster up or down. */
export type RunOptions = {
  /** The file that it takes for the default one: the user's own is never touched. */
  kubeconfig: string;
  timeout: number;
  signal?: AbortSignal;
};

/**
 * What is worth printing of what a command said: from its first error on, without the stack and the inner
 * commands that kind may add. Of an inner command only its own error, where it has one: kubeadm's comes after
 * hundreds of lines, and before a stack.
 */
const essence = (said: string): string => {
  const lines = said
    .replaceAll(/command ".*" failed with error: /g, '')
    .split('\n')
    .map((line) => line.replace(/^(?:ERROR: |(?:ERRO|FATA)\[\d+\] )/, '! '));
  const start = lines.findIndex((line) => line.startsWith('! '));
  const end = lines.findIndex((line) => line.startsWith('Stack Trace:'));
  const kept = lines.slice(Math.max(start, 0), end < 0 ? undefined : end);
  const output = kept.findIndex((line) => line.startsWith('Command Output:'));
  const error = kept.findLast((line) => line.startsWith('error: '));
  return oneLine(
    (output < 0 || error === undefined ? kept : [...kept.slice(0, output), error])
      .join(' ')
      .replaceAll('! ', ''),
  );
};

/**
 * Runs kind or k3d to its end and returns what it printed. It ends with this process, with all that it
 * started, and Ctrl-C at the terminal does not reach it. Throws the signal's reason, or NotFit in one line with
 * what the command said.
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
    // Not what goes to the standard output: that may be a kubeconfig, with its keys.
    const { timedOut, stderr = '' } = error as ExecaError & { stderr?: string };
    throw new NotFit({
      code: 'tool-failed',
      what: `${shown} ${timedOut ? `did not end in ${formatDuration(timeout)}` : 'failed'}: ${essence(stderr)}`,
    });
  }
};
