import { execa, type Options } from 'execa';
import { buildSignal } from './signal.ts';

// The command runs in a process group of its own, beside a reader of a pipe from us. However we end, the
// kernel closes that pipe, and the reader ends the group. (`&` takes the standard input away, so the pipe is
// kept as number 3.)
const script = 'exec 3<&0 </dev/null; (read -r _ <&3; kill -KILL 0) >/dev/null 2>&1 & exec 3<&-; "$@"';

/**
 * Runs a command that ends, with all that it has started, when this process or the build's signal does, or
 * when its input is ended.
 *
 * Ctrl-C at the terminal does not reach it: whoever started it decides.
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
