import { execa, type Options } from 'execa';
import { buildSignal } from './signal.ts';

// The command runs in its own process group, beside a process that reads a pipe from this process. When this
// process ends in any way, the kernel closes the pipe, and the reader kills the group. (`&` replaces the
// standard input, so the pipe is kept as descriptor 3.)
const script = 'exec 3<&0 </dev/null; (read -r _ <&3; kill -KILL 0) >/dev/null 2>&1 & exec 3<&-; "$@"';

/**
 * Runs a command. It ends with all its child processes when this process ends, when the build's signal
 * aborts, or when its input is closed. Ctrl-C at the terminal does not reach it: its caller decides.
 */
export const ownedCommand = <const T extends Options>(
  command: string,
  args: readonly string[],
  options: T,
) => {
  const cancelSignal = buildSignal();
  const owned = {
    stdin: 'pipe',
    detached: true,
    cleanup: false,
    ...(cancelSignal && { cancelSignal }),
  } as const;
  return execa('sh', ['-c', script, 'sh', command, ...args], { ...owned, ...options });
};
