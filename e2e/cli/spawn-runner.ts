import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type RunConfig, toVariables } from '../config/config.ts';
import { projectName } from '../suite/run/reporter.ts';
import type { Arguments } from './arguments/parse.ts';

/** The file behind `npx vitest`. */
export const vitestEntry = fileURLToPath(new URL('vitest.mjs', import.meta.resolve('vitest/package.json')));

/**
 * How a configuration is loaded: by Node itself. Bundling it takes longer, and on a busy machine Vite warns
 * of that in the output of the run.
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

/** What cuts a run short: `first` lets it clean up, `again` does not wait for that. */
export type Interruption = { first: AbortSignal; again: AbortSignal };

/**
 * Runs the chosen scenarios with vitest, in a process of its own, and says how that ended. It is the same
 * run as `npx vitest run --project e2e`: the reporter in there prints it and writes report.json.
 */
export const spawnRunner = async (options: {
  /** The vitest configuration whose project `e2e` holds the scenarios. */
  project: string;
  config: RunConfig;
  chosen: Pick<Arguments, 'only' | 'tags'>;
  /**
   * The files with the chosen scenarios: no process is started for any other; without them, all are looked
   * into.
   */
  files?: readonly string[];
  /** The browser that was fetched for the run, where the machine has none. */
  browser?: string | undefined;
  interruption: Interruption;
  /** A file descriptor for all its output, which otherwise goes where this process's own output does. */
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
    // By the channel it knows when this process dies. A group of its own keeps a terminal's Ctrl-C from its
    // workers, which are to clean up first, and lets the second one end them all.
    stdio: ['ignore', output, output, 'ipc'],
    detached: true,
  });
  const interrupt = () => child.kill('SIGINT');
  const kill = () => killGroup(child.pid);
  // A terminal reports the size of its window to its own group only.
  const resize = () => child.kill('SIGWINCH');
  process.stdout.on('resize', resize);
  interruption.first.addEventListener('abort', interrupt, { once: true });
  interruption.again.addEventListener('abort', kill, { once: true });
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  process.stdout.off('resize', resize);
  interruption.first.removeEventListener('abort', interrupt);
  interruption.again.removeEventListener('abort', kill);
  // Had it been killed, its workers would still be there, at work on a cluster that is about to go.
  kill();
  return code === 0
    ? undefined
    : `the process that runs the scenarios ended with ${code === null ? signal : `exit code ${code}`}`;
};
