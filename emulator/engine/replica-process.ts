import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Behaviour } from '../environment.ts';
import type { Log } from '../log.ts';

/** State of a replica's process: running once its helper runs, error once either of them has ended. */
export type ReplicaState = 'starting' | 'running' | 'error';

/**
 * The replica processes of this node. They end with this process. In Longhorn they end with the instance manager's pod.
 */
export type ReplicaProcesses = {
  /**
   * Starts a replica's process unless it was started, and returns its state. `onChange` is called when the
   * state has changed.
   */
  ensure(replica: string, directory: string, onChange: () => void): ReplicaState;
  /** Kills the process of the replica in this folder, as if it had crashed. */
  crash(directory: string): void;
  /** Whether the replica in this folder runs. */
  isRunning(directory: string): boolean;
  /** Ends a replica's process, if there is one. The next `ensure` starts a new one. */
  end(replica: string): void;
};

type Running = { child: ChildProcess; state: ReplicaState; directory: string };

/**
 * Runs replicas as child processes of this one, with the engine's binary. Each starts its helper (Longhorn's
 * sync agent) from that binary a moment later. `onFail` is called with the folder of a replica that failed.
 */
export const createReplicaProcesses = ({
  binary,
  clock,
  mutant,
  log,
  onFail,
}: Behaviour & { binary: string; log: Log; onFail?: (directory: string) => void }): ReplicaProcesses => {
  const processes = new Map<string, Running>();

  const start = (replica: string, directory: string, onChange: () => void): Running => {
    const lost = mutant === 'replica-helper-lost' ? [`${binary}.lost`] : [];
    const child = spawn(binary, ['replica', directory, ...lost], { stdio: ['pipe', 'pipe', 'inherit'] });
    const own: Running = { child, state: 'starting', directory };
    const change = (state: ReplicaState): void => {
      if (processes.get(replica) !== own || own.state === state) return;
      own.state = state;
      onChange();
    };
    let last = '';
    const fail = (why: string): void => {
      clearTimeout(helperTimer);
      if (processes.get(replica) !== own) return;
      log.error(`[${replica}] ${why}`);
      onFail?.(directory);
      change('error');
    };
    const helperTimer = setTimeout(() => child.stdin?.write('start\n'), clock.replicaHelper);
    // The 'close' event reports the end of the process.
    child.stdin.on('error', () => undefined);
    createInterface(child.stdout).on('line', (line) => {
      last = line;
      if (line.startsWith('Listening')) change('running');
    });
    child.on('error', ({ message }) => fail(message));
    child.on('close', (code, signal) =>
      fail(last.startsWith('Error') ? last : `the process ended with ${signal ?? `exit status ${code}`}`),
    );
    return own;
  };

  return {
    ensure: (replica, directory, onChange) => {
      const found = processes.get(replica) ?? start(replica, directory, onChange);
      processes.set(replica, found);
      return found.state;
    },
    crash: (directory) => {
      for (const found of processes.values()) if (found.directory === directory) found.child.kill('SIGKILL');
    },
    isRunning: (directory) =>
      [...processes.values()].some((found) => found.directory === directory && found.state === 'running'),
    end: (replica) => {
      processes.get(replica)?.child.stdin?.end();
      processes.delete(replica);
    },
  };
};
