import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Cluster } from '../../e2e/kube/cluster.ts';

const hurriedShell = fileURLToPath(new URL('./hurried.bash', import.meta.url));

/**
 * A cluster whose pods are all this machine: a command in a pod is a real process here, its output real
 * output. Anything but `exec` and an empty list of pods throws. Where it is `hurried`, scripts do not wait
 * for what clients of NFS believe for a second: there are none.
 */
export const localPods = ({ hurried = false } = {}): Cluster => {
  const refuse = (what: string) => () => Promise.reject(new Error(`there is no API server here: ${what}`));
  return {
    server: 'none',
    context: 'none',
    get: refuse('get'),
    list: async () => ({ items: [], resourceVersion: '0' }),
    create: refuse('create'),
    patch: refuse('patch'),
    apply: refuse('apply'),
    delete: refuse('delete'),
    logs: refuse('logs'),
    forward: refuse('forward'),
    request: refuse('request'),
    version: refuse('version'),
    exec: (_pod, [program = '', ...args], { stdin, signal, onStdout } = {}) => {
      const { promise, resolve, reject } = Promise.withResolvers<{
        stdout: string;
        stderr: string;
        exitCode: number;
      }>();
      const env = { ...process.env, ...(hurried && { BASH_ENV: hurriedShell }) };
      const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'], signal, env });
      // A command that takes no input may have ended before.
      child.stdin.on('error', () => {});
      child.stdin.end(stdin);
      let stdout = '';
      let stderr = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        stdout += text;
        onStdout?.(text);
      });
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        stderr += text;
      });
      child.on('error', reject);
      child.on('close', (code) => resolve({ stdout, stderr, exitCode: code ?? -1 }));
      return promise;
    },
  };
};
