import { buildCommand } from './command.ts';

/** How long lines that make a file tree may take (10 s were seen for the longest); who builds owns this time-out. */
const SHELL_TIMEOUT_MS = 10 * 60_000;

/** Runs lines of shell in a folder of a build, all of which must succeed; `words` are their $1 and so on. */
export const buildShell = (folder: string, script: string, ...words: string[]): Promise<string> =>
  buildCommand('bash', ['-euo', 'pipefail', '-c', script, 'bash', ...words], {
    folder,
    cwd: folder,
    timeout: SHELL_TIMEOUT_MS,
  });
