import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type RunConfig, toVariables } from '../config/config.ts';
import { InterruptedBy } from '../report/interruption.ts';
import { projectName } from '../suite/run/reporter.ts';
import type { Arguments } from './arguments/parse.ts';

/** The program file of `npx vitest`. */
export const vitestEntry = fileURLToPath(new URL('vitest.mjs', import.meta.resolve('vitest/package.json')));

/**
 * Node itself loads the vitest configuration. Bundling it takes longer, and on a busy machine Vite prints a warning
 * about that into the output of the run.
 */
export const configLoader = 'native';

const killGroup = (leader: number | undefined): void => {
  if (leader === undefined) return;
  try {
    process.kill(-leader, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
};

/** Signals that interrupt a run: after `first` it cleans up, after `second` it ends at once. */
export type Interruption = { first: AbortSignal; second: AbortSignal };

/**
 * Runs the chosen scenarios with vitest in a separate process, and returns why that process failed (undefined if it
 * succeeded). It is the same run as `npx vitest run --project e2e`: its reporter prints the run and writes report.json.
 */
export const spawnRunner = async (options: {
  /** The path of the vitest configuration with the project `e2e`, which contains the scenarios. */
  project: string;
  config: RunConfig;
  chosen: Pick<Arguments, 'only' | 'tags'>;
  /** The files with the chosen scenarios: only they are loaded. Without them, all files are loaded. */
  files?: readonly string[];
  /** The browser that was downloaded for the run, if the machine has none. */
  browser?: string | undefined;
  interruption: Interruption;
  /** A file descriptor for all output of the process. By default it inherits the output of this process. */
  output?: number;
}): Promise<string | undefined> => {
  const { project, config, interruption, chosen, files = [], browser, output = 'inherit' } = options;
  const args = [
    'run',
    ...files.map((file) => resolve(dirname(project), file)),
    '--config',
    project,
    // The caller may be in another folder.
    '--root',
    dirname(project),
    '--configLoader',
    configLoader,
    '--project',
    projectName,
  ];
  if (chosen.only !== undefined) args.push('--testNamePattern', chosen.only);
  if (chosen.tags !== undefined) args.push('--tags-filter', chosen.tags);

  const child = spawn(process.execPath, [vitestEntry, ...args], {
    env: { ...process.env, ...(browser && { CORRAL_CHROMIUM: browser }), ...toVariables(config) },
    // The IPC channel shows the process when this one dies. It gets its own process group: so a terminal's Ctrl-C
    // does not reach its workers, which must clean up first, and a second Ctrl-C can kill the whole group.
    stdio: ['ignore', output, output, 'ipc'],
    detached: true,
  });
  const interrupt = () => {
    const { reason } = interruption.first;
    child.kill(reason instanceof InterruptedBy ? reason.signal : 'SIGINT');
  };
  const kill = () => killGroup(child.pid);
  // A terminal sends SIGWINCH only to the process group in its foreground.
  const resize = () => child.kill('SIGWINCH');
  process.stdout.on('resize', resize);
  interruption.first.addEventListener('abort', interrupt, { once: true });
  interruption.second.addEventListener('abort', kill, { once: true });
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  process.stdout.off('resize', resize);
  interruption.first.removeEventListener('abort', interrupt);
  interruption.second.removeEventListener('abort', kill);
  // If the process was killed, its workers still use the cluster, which is about to be removed.
  kill();
  return code === 0
    ? undefined
    : `the process that runs the scenarios ended with ${code === null ? signal : `exit code ${code}`}`;
};
