import { buildCommand } from './command.ts';

/** Time-out of a script that makes a file tree (10 s were measured for the longest). The build owns it. */
const SHELL_TIMEOUT_MS = 10 * 60_000;

/** Runs a bash script in a build's folder. Every command must succeed. `words` are $1 and so on. */
export const buildShell = (folder: string, script: string, ...words: string[]): Promise<string> =>
  buildCommand('bash', ['-euo', 'pipefail', '-c', script, 'bash', ...words], {
    folder,
    cwd: folder,
    timeout: SHELL_TIMEOUT_MS,
  });
