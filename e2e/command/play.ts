import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { type Environment, toVariables } from '../environment.ts';
import { projectName } from '../report/reporter.ts';
import type { Arguments } from './arguments.ts';

/** The file behind `npx vitest`. */
export const vitestEntry = fileURLToPath(new URL('vitest.mjs', import.meta.resolve('vitest/package.json')));

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
 * Plays the chosen scenarios with vitest, in a process of its own, and says how that ended.
 * It is the same run as `npx vitest run --project e2e`: the reporter in there tells it and writes report.json.
 */
export const play = async (options: {
  config: string;
  environment: Environment;
  chosen: Pick<Arguments, 'only' | 'tags'>;
  interruption: Interruption;
}): Promise<string | undefined> => {
  const { config, environment, interruption, chosen } = options;
  const args = ['run', '--config', config, '--project', projectName];
  if (chosen.only !== undefined) args.push('--testNamePattern', chosen.only);
  if (chosen.tags !== undefined) args.push('--tags-filter', chosen.tags);

  const child = spawn(process.execPath, [vitestEntry, ...args], {
    env: { ...process.env, ...toVariables(environment) },
    // The channel tells it when this process dies. A group of its own keeps a terminal's Ctrl-C from its workers,
    // which are to clean up first, and lets the second one end them all.
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    detached: true,
  });
  const interrupt = () => child.kill('SIGINT');
  const kill = () => killGroup(child.pid);
  interruption.first.addEventListener('abort', interrupt, { once: true });
  interruption.again.addEventListener('abort', kill, { once: true });
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  interruption.first.removeEventListener('abort', interrupt);
  interruption.again.removeEventListener('abort', kill);
  // Had it been killed, its workers would still be there, at work on a cluster that is about to go.
  kill();
  return code === 0 ? undefined : `the process that plays the scenarios ended with ${code === null ? signal : `exit code ${code}`}`;
};
