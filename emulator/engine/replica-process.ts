import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Behaviour } from '../environment.ts';
import type { Log } from '../log.ts';

/**
 * How the process of a replica stands: it runs once its helper does, and has failed once either has ended.
 */
export type ReplicaState = 'starting' | 'running' | 'error';

/**
 * The replicas' processes of this node: they live and die with this process (Longhorn's live in the instance
 * manager's pod).
 */
export type ReplicaProcesses = {
  /**
   * Starts a replica's process unless that has been done, and says how it stands; `onChange` is called when
   * that has changed.
   */
  ensure(replica: string, directory: string, onChange: () => void): ReplicaState;
  /** Ends the process of the replica in this folder, as one ends by itself. */
  crash(directory: string): void;
  /** Ends a replica's process, if there is one; the next one begins anew. */
  end(replica: string): void;
};

type Running = { child: ChildProcess; state: ReplicaState; directory: string };

/**
 * Runs replicas as children of this process, by the engine's binary, from which each starts its helper
 * (Longhorn's sync agent) a moment later.
 */
export const createReplicaProcesses = ({
  binary,
  clock,
  mutant,
  log,
}: Behaviour & { binary: string; log: Log }): ReplicaProcesses => {
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
      clearTimeout(helperIsDue);
      if (processes.get(replica) === own) log.error(`[${replica}] ${why}`);
      change('error');
    };
    const helperIsDue = setTimeout(() => child.stdin?.write('start\n'), clock.replicaHelper);
    // That it has ended is known by its close.
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
    end: (replica) => {
      processes.get(replica)?.child.stdin?.end();
      processes.delete(replica);
    },
  };
};
