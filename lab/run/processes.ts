import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** A niceness as in `nice`. On busy processors, a session with this niceness gets a third of the time of one with 0. */
const NICENESS = '5';

/** An ordinary user may change the niceness of one session per 100 ms. */
const PAUSE_MS = 110;

/**
 * Gives the other sessions of this machine priority when processors are busy. `pid` must lead its own session: a kernel
 * with autogroups divides processors among sessions, and considers the niceness of processes only within a session.
 */
const lowerPriority = async (pid: number): Promise<void> => {
  const file = `/proc/${pid}/autogroup`;
  while (existsSync(file)) {
    const refused = await writeFile(file, NICENESS).catch((error: NodeJS.ErrnoException) => error.code);
    if (refused !== 'EAGAIN') return;
    await delay(PAUSE_MS);
  }
};

/** A process of the lab. It leads its own process group, so that a signal reaches all its children. */
export type RunningProcess = {
  child: ChildProcess;
  /** Sends a signal to the whole group. */
  signal: (signal: NodeJS.Signals) => void;
  /** Kills it and its group deliberately: `ended` is not called. Resolves when it has exited. */
  kill: () => Promise<void>;
};

/** Starts the lab's processes, each with its own log, and reports unexpected ends. */
export type Processes = {
  start: (
    name: string,
    command: string,
    args: readonly string[],
    /**
     * `channels`: number of streams in addition to input, output and errors, from descriptor 3. `lowPriority`:
     * lower priority than other processes.
     */
    options?: { env?: NodeJS.ProcessEnv; channels?: number; lowPriority?: boolean },
  ) => RunningProcess;
  /** The names of all started processes, by process group. */
  groups: ReadonlyMap<number, string>;
};

/** Number of log lines that are reported for a process that ended, because the log is removed with the lab. */
const LAST_LINES = 15;

const endOf = async (file: string): Promise<string> =>
  (await readFile(file, 'utf8')).trimEnd().split('\n').slice(-LAST_LINES).join('\n');

const signalGroup = (leader: number | undefined, signal: NodeJS.Signals): void => {
  if (leader === undefined) return;
  try {
    process.kill(-leader, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
};

/** Creates the starter of processes. `ended` is called with a message for each process that ends by itself. */
export const createProcesses = async (logs: string, ended: (text: string) => void): Promise<Processes> => {
  await mkdir(logs, { recursive: true });
  const groups = new Map<number, string>();
  return {
    groups,
    start: (name, command, args, { env = process.env, channels = 0, lowPriority = false } = {}) => {
      const file = join(logs, `${name}.log`);
      const log = openSync(file, 'a');
      const stdio: SpawnOptions['stdio'] = ['ignore', log, log, ...Array<'pipe'>(channels).fill('pipe')];
      const child = spawn(command, args, { stdio, env, detached: true });
      closeSync(log);
      if (lowPriority && child.pid !== undefined) void lowerPriority(child.pid);
      if (child.pid !== undefined) groups.set(child.pid, name);
      let isKilled = false;
      child.on('error', (error) => ended(`${name} did not start: ${error.message}`));
      child.on('exit', async (code, signal) => {
        if (isKilled) return;
        // The rest of its group is useless without it.
        signalGroup(child.pid, 'SIGKILL');
        ended(`${name} ended (${signal ?? `exit code ${code}`}); it last said:\n${await endOf(file)}`);
      });
      return {
        child,
        signal: (signal) => signalGroup(child.pid, signal),
        kill: async () => {
          isKilled = true;
          if (child.exitCode !== null || child.signalCode !== null) return;
          const exited = once(child, 'exit');
          signalGroup(child.pid, 'SIGKILL');
          await exited;
        },
      };
    },
  };
};
