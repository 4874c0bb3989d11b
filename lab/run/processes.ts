import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Starts the lab's processes, each with a log of its own, and tells when one ends that should not. */
export type Processes = {
  start: (name: string, command: string, args: readonly string[], options?: { env?: NodeJS.ProcessEnv; console?: boolean }) => ChildProcess;
};

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
      child.on('error', (error) => ended(`${name} did not start: ${error.message}`));
      child.on('exit', (code, signal) => ended(`${name} ended (${signal ?? `exit code ${code}`}); its log is ${file}`));
      return child;
    },
  };
};
