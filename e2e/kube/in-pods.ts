import { type Cluster, type PodTarget, resources } from './cluster.ts';

/** Whether a pod still exists. If it does not, the effects of commands in it are gone too. */
const podExists = async (
  cluster: Cluster,
  { namespace, name }: { namespace: string; name: string },
): Promise<boolean> => {
  const { items } = await cluster.list(resources.pods, { namespace, fieldSelector: `metadata.name=${name}` });
  return items.length > 0;
};

/** Runs a command in a pod and returns its output. A non-zero exit code is an error that starts with `failed`. */
export const execInPod = async (
  cluster: Cluster,
  pod: PodTarget,
  command: string[],
  failed: string,
): Promise<string> => {
  const { stdout, stderr, exitCode } = await cluster.exec(pod, command);
  if (exitCode !== 0) throw new Error(`${failed} with exit code ${exitCode}: ${`${stdout}${stderr}`.trim()}`);
  return stdout.trim();
};

/** Runs a command that undoes something in a pod. If the pod is gone, returns `gone` instead. */
export const undoInPod = async (
  cluster: Cluster,
  { pod, command, failed, gone }: { pod: PodTarget; command: string[]; failed: string; gone: string },
): Promise<string> => {
  try {
    return await execInPod(cluster, pod, command, failed);
  } catch (error) {
    if (!(await podExists(cluster, pod))) return gone;
    throw error;
  }
};

/**
 * Runs work for all pods at once and returns the results. If one fails, the error is thrown after all have ended, so
 * that no work continues during error handling.
 */
export const inEachPod = async <P, T>(pods: readonly P[], work: (pod: P) => Promise<T>): Promise<T[]> => {
  const all = pods.map(work);
  await Promise.allSettled(all);
  return Promise.all(all);
};

/** A command that runs in a pod for a while, and its output so far. */
type PodCommand = { pod: PodTarget; readonly lines: readonly string[]; readonly ended: string | undefined };

/** Several such commands, and their output as it arrives. */
export type PodCommands = {
  readonly commands: readonly PodCommand[];
  /** The output of each pod, one line for each, for error messages. */
  describe(): string;
  /**
   * Waits until a condition holds, which is checked for each new line. Returns false if the time (ms) is over first.
   */
  until(condition: () => boolean, milliseconds: number): Promise<boolean>;
  /** Waits until all commands have ended. After the given time (ms) it closes the streams. */
  end(milliseconds: number): Promise<void>;
};

/**
 * Starts the same command in several pods. The command must end by itself, because closing a stream does not end it.
 */
export const startInPods = (
  cluster: Cluster,
  { pods, command }: { pods: PodTarget[]; command: string[] },
): PodCommands => {
  const abort = new AbortController();
  const listeners = new Set<() => void>();
  const notify = (): void => {
    for (const listener of listeners) listener();
  };
  const start = (pod: PodTarget) => {
    const state = { pod, lines: [] as string[], ended: undefined as string | undefined };
    let rest = '';
    const onStdout = (text: string): void => {
      const parts = (rest + text).split('\n');
      rest = parts.pop() ?? '';
      state.lines.push(...parts);
      notify();
    };
    const done = cluster
      .exec(pod, command, { signal: abort.signal, onStdout })
      .then(
        ({ stderr, exitCode }) => `exit code ${exitCode} ${stderr.trim()}`.trim(),
        (error: unknown) => (error instanceof Error ? error.message : String(error)),
      )
      .then((ended) => {
        state.ended = ended;
        notify();
      });
    return { state, done };
  };
  const started = pods.map(start);
  const commands = started.map(({ state }) => state);

  return {
    commands,
    describe: () =>
      commands
        .map(
          ({ pod, lines, ended }) =>
            `  ${pod.name}: ${[...lines, ...(ended === undefined ? [] : [`ended (${ended})`])].join('; ') || 'nothing'}`,
        )
        .join('\n'),
    until: async (condition, milliseconds) => {
      if (condition()) return true;
      const { promise, resolve } = Promise.withResolvers<void>();
      const listener = (): void => {
        if (condition()) resolve();
      };
      listeners.add(listener);
      const timer = setTimeout(resolve, milliseconds);
      await promise;
      clearTimeout(timer);
      listeners.delete(listener);
      return condition();
    },
    end: async (milliseconds) => {
      const cut = setTimeout(() => abort.abort(), milliseconds);
      await Promise.all(started.map(({ done }) => done));
      clearTimeout(cut);
    },
  };
};
