import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Starts the lab's processes, each with a log of its own, and tells when one ends that should not. */
export type Processes = {
  start: (name: string, command: string, args: readonly string[], options?: { env?: NodeJS.ProcessEnv; console?: boolean }) => ChildProcess;
};

/** How much of its log is told of a process that ended: the log itself goes with the lab. */
const LAST_LINES = 15;

const endOf = async (file: string): Promise<string> => (await readFile(file, 'utf8')).trimEnd().split('\n').slice(-LAST_LINES).join('\n');

/** Makes the starter of processes; `ended` hears of every one that ends, with what is to be told a person. */
export const makeProcesses = async (logs: string, ended: (text: string) => void): Promise<Processes> => {
  await mkdir(logs, { recursive: true });
  return {
    start: (name, command, args, options = {}) => {
      const file = join(logs, `${name}.log`);
      const log = openSync(file, 'a');
      const spawnOptions: SpawnOptions = {
        stdio: ['ignore', log, log, ...(options.console ? (['pipe'] as const) : [])],
        env: options.env ?? process.env,
      };
      const child = spawn(command, args, spawnOptions);
      closeSync(log);
      child.on('error', (error) => ended(`${name} did not start: ${error.message}`));
      child.on('exit', async (code, signal) =>
        ended(`${name} ended (${signal ?? `exit code ${code}`}); it last said:\n${await endOf(file)}`),
      );
      return child;
    },
  };
};
