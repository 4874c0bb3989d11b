import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** As `nice` has it: where all are busy, a session of this niceness gets a third of what one of 0 gets. */
const NICENESS = '5';

/** An ordinary user may change the niceness of one session each 100 ms. */
const PAUSE_MS = 110;

/**
 * Lets the other sessions of this machine go first where processors are short. `pid` leads a session of its
 * own: a kernel with autogroups shares processors out among sessions, and only within one by the niceness of
 * its processes.
 */
const yieldToOthers = async (pid: number): Promise<void> => {
  const file = `/proc/${pid}/autogroup`;
  while (existsSync(file)) {
    const refused = await writeFile(file, NICENESS).catch((error: NodeJS.ErrnoException) => error.code);
    if (refused !== 'EAGAIN') return;
    await delay(PAUSE_MS);
  }
};

/** A process of the lab. It leads a group of its own, so that a signal can reach all that belongs to it. */
export type RunningProcess = {
  child: ChildProcess;
  /** Sends a signal to the whole group. */
  signal: (signal: NodeJS.Signals) => void;
  /**
   * Ends it on purpose, with all that belongs to it: `ended` is not called. Resolves when it is gone.
   */
  kill: () => Promise<void>;
};

/** Starts the lab's processes, each with a log of its own, and reports when one ends that should not. */
export type Processes = {
  start: (
    name: string,
    command: string,
    args: readonly string[],
    /**
     * `channels`: how many streams it has beside input, output and errors, from 3 on; `yields`: processors go
     * to others first.
     */
    options?: { env?: NodeJS.ProcessEnv; channels?: number; yields?: boolean },
  ) => RunningProcess;
  /** The names of all that were started, by the process group that each leads. */
  groups: ReadonlyMap<number, string>;
};

/** How much of its log is printed of a process that ended: the log itself goes with the lab. */
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

/**
 * Makes the starter of processes; `ended` hears of every one that ends by itself, with what is to be reported to a
 * person.
 */
export const makeProcesses = async (logs: string, ended: (text: string) => void): Promise<Processes> => {
  await mkdir(logs, { recursive: true });
  const groups = new Map<number, string>();
  return {
    groups,
    start: (name, command, args, { env = process.env, channels = 0, yields = false } = {}) => {
      const file = join(logs, `${name}.log`);
      const log = openSync(file, 'a');
      const stdio: SpawnOptions['stdio'] = ['ignore', log, log, ...Array<'pipe'>(channels).fill('pipe')];
      const child = spawn(command, args, { stdio, env, detached: true });
      closeSync(log);
      if (yields && child.pid !== undefined) void yieldToOthers(child.pid);
      if (child.pid !== undefined) groups.set(child.pid, name);
      let onPurpose = false;
      child.on('error', (error) => ended(`${name} did not start: ${error.message}`));
      child.on('exit', async (code, signal) => {
        if (onPurpose) return;
        // Whatever belonged to it is of no use without it.
        signalGroup(child.pid, 'SIGKILL');
        ended(`${name} ended (${signal ?? `exit code ${code}`}); it last said:\n${await endOf(file)}`);
      });
      return {
        child,
        signal: (signal) => signalGroup(child.pid, signal),
        kill: async () => {
          onPurpose = true;
          if (child.exitCode !== null || child.signalCode !== null) return;
          const exited = once(child, 'exit');
          signalGroup(child.pid, 'SIGKILL');
          await exited;
        },
      };
    },
  };
};
