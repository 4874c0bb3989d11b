import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { NotFit } from '../../e2e/machine/not-fit.ts';
import { runTool } from './run.ts';
import type { ClusterTool } from './tool.ts';

/**
 * How long each may take at most (ms): nodes' images may have to be pulled, an archive has up to 2 GB.
 * Whoever brings the cluster owns them.
 */
const timeouts = { list: 60_000, create: 900_000, load: 600_000, logs: 120_000, remove: 300_000 };

/** A cluster of Docker containers, which goes with this process. */
export type DockerCluster = {
  name: string;
  /** A file that only this user reads, in a folder that goes with the cluster. */
  kubeconfig: string;
  context: string;
  /** The nodes that Longhorn runs on. */
  workers: string[];
  load(archive: string, signal: AbortSignal): Promise<void>;
  /** Lets it outlive this process. */
  keep(): void;
  /** Deletes it, whatever state it is in; the error says how to do it by hand. */
  remove(): Promise<void>;
  /** Saves what its nodes logged, deletes it, and throws why it came to nothing. */
  giveUp(reason: unknown): Promise<never>;
};

/** The command that deletes a cluster, for people. */
export const removeCommand = ({ name: command, remove }: ClusterTool, name: string): string =>
  [command, ...remove(name)].join(' ');

const refuseTaken = async (
  tool: ClusterTool,
  { name, kubeconfig, signal }: { name: string; kubeconfig: string; signal: AbortSignal },
) => {
  const all = tool.list.read(
    await runTool(tool.name, tool.list.args, { kubeconfig, timeout: timeouts.list, signal }),
  );
  if (all.includes(name))
    throw new NotFit({
      code: 'cluster-name-taken',
      what: `there is a ${tool.name} cluster ${name} already, kept or left by another run`,
      remedy: removeCommand(tool, name),
    });
};

// In words: what became of the logs of a cluster that failed.
const saveLogs = async (
  tool: ClusterTool,
  { name, kubeconfig, out }: { name: string; kubeconfig: string; out: string },
): Promise<string | undefined> => {
  const folder = join(out, `${tool.name}-logs`);
  const args = tool.saveLogs?.({ name, folder: resolve(folder) });
  if (args === undefined) return undefined;
  try {
    await runTool(tool.name, args, { kubeconfig, timeout: timeouts.logs });
    return `what its nodes logged is in ${folder}`;
  } catch (error) {
    return `what its nodes logged is in ${folder}, not all of it (${(error as Error).message})`;
  }
};

/**
 * Makes a cluster named `corral-` and this process's number; one that is cut short or fails leaves nothing
 * behind but, in the folder `out`, what its nodes logged.
 */
export const createCluster = async (
  tool: ClusterTool,
  { out, signal }: { out: string; signal: AbortSignal },
): Promise<DockerCluster> => {
  const name = `corral-${process.pid}`;
  const folder = await mkdtemp(join(tmpdir(), `corral-${tool.name}-`));
  const kubeconfig = join(folder, 'kubeconfig');
  const run = (args: readonly string[], options: { timeout: number; signal?: AbortSignal }) =>
    runTool(tool.name, args, { kubeconfig, ...options });
  try {
    await refuseTaken(tool, { name, kubeconfig, signal });
  } catch (error) {
    await rm(folder, { recursive: true });
    throw error;
  }
  const { dismiss } = guard([tool.name, ...tool.remove(name)], { folder, kubeconfig });
  const workers = tool.workers(name);
  const cluster: DockerCluster = {
    name,
    kubeconfig,
    context: tool.context(name),
    workers,
    load: async (archive, signal) =>
      void (await run(tool.load({ name, archive, workers }), { timeout: timeouts.load, signal })),
    keep: dismiss,
    remove: async () => {
      try {
        await run(tool.remove(name), { timeout: timeouts.remove });
      } catch (error) {
        throw new Error(`${(error as Error).message}: by hand: ${removeCommand(tool, name)}`);
      }
      dismiss();
      await rm(folder, { recursive: true, force: true });
    },
    giveUp: async (reason) => {
      const logs = signal.aborted ? undefined : await saveLogs(tool, { name, kubeconfig, out });
      await cluster.remove();
      if (logs === undefined || !(reason instanceof Error)) throw reason;
      // An expectation's message goes on for a screen: its first line is what people read.
      throw new NotFit(
        { code: 'cluster-failed', what: reason.message.replace(/\n|$/, (end) => `: ${logs}${end}`) },
        { cause: reason },
      );
    },
  };
  try {
    await run(tool.create({ name, kubeconfig }), { timeout: timeouts.create, signal });
    if (tool.kubeconfig)
      await writeFile(kubeconfig, await run(tool.kubeconfig(name), { timeout: timeouts.list, signal }), {
        mode: 0o600,
      });
  } catch (error) {
    return cluster.giveUp(error);
  }
  return cluster;
};

// However we end, the kernel closes the pipe that it reads from. Twice: a container may have been on its way
// while the first one looked.
const script = 'read -r _ && exit; folder=$1; shift; "$@"; "$@"; rm -rf -- "$folder"';

/**
 * Starts a process that runs a command when this one ends, also by `kill -9`, and removes a folder; until
 * `dismiss`. It has a session of its own: no Ctrl-C at the terminal reaches it.
 */
const guard = (
  [command, ...args]: readonly [string, ...string[]],
  { folder, kubeconfig }: { folder: string; kubeconfig: string },
): { dismiss: () => void } => {
  const child = spawn('sh', ['-c', script, 'sh', folder, command, ...args], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    env: { ...process.env, KUBECONFIG: kubeconfig },
  });
  child.unref();
  // Somebody may have killed it.
  child.stdin.on('error', () => {});
  return { dismiss: () => void child.stdin.end('\n') };
};
