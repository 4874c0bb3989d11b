import { type Cluster, type PodTarget, resources } from './cluster.ts';

/** Whether a pod is still there; what was done inside one that is not went with it. */
const podExists = async (
  cluster: Cluster,
  { namespace, name }: { namespace: string; name: string },
): Promise<boolean> => {
  const { items } = await cluster.list(resources.pods, { namespace, fieldSelector: `metadata.name=${name}` });
  return items.length > 0;
};

/**
 * Runs a command in a pod that must end well, and returns what it said; `failed` is what an error begins
 * with.
 */
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

/**
 * The same for what undoes something in a pod: where the pod is not there any more, `gone` is what became of
 * it.
 */
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
 * Works in all pods at once and returns what came of each; where one fails, the error comes only when the
 * others have ended too, so that nothing goes on behind what is done about it.
 */
export const inEachPod = async <P, T>(pods: readonly P[], work: (pod: P) => Promise<T>): Promise<T[]> => {
  const all = pods.map(work);
  await Promise.allSettled(all);
  return Promise.all(all);
};

/** A command that runs in a pod for a while, and what it has said so far. */
type PodCommand = { pod: PodTarget; readonly lines: readonly string[]; readonly ended: string | undefined };

/** Several commands of that kind, followed as their lines arrive. */
export type PodCommands = {
  readonly commands: readonly PodCommand[];
  /** What each pod has said, a line a pod, for an error message. */
  describe(): string;
  /**
   * Waits until the condition holds, which is asked anew with each line; false when the time (ms) is over
   * first.
   */
  until(condition: () => boolean, milliseconds: number): Promise<boolean>;
  /** Waits until all have ended; after the given time (ms) the streams are cut. */
  end(milliseconds: number): Promise<void>;
};

/** Starts the same command in several pods. It must end by itself: a cut stream does not end it. */
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
