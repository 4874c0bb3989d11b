import { spawn } from 'node:child_process';

// However we end, the kernel closes the pipe that it reads from. Twice: a container may have been on its way while the first one looked.
const script = 'read -r _ && exit; folder=$1; shift; "$@"; "$@"; rm -rf -- "$folder"';

/**
 * Starts a process that runs a command when this one ends, also by `kill -9`, and removes a folder; until `dismiss`. It has a session of its own:
 * no Ctrl-C at the terminal reaches it.
 */
export const guard = (
  [command, ...args]: readonly [string, ...string[]],
  { folder, kubeconfig }: { folder: string; kubeconfig: string },
): { dismiss: () => void } => {
  const child = spawn('sh', ['-c', script, 'sh', folder, command, ...args], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    env: { ...process.env, KUBECONFIG: kubeconfig },
  });
  child.unref();
  // Somebody may have killed it.
  child.stdin.on('error', () => {});
  return { dismiss: () => void child.stdin.end('\n') };
};
