import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { PreconditionError } from '../../e2e/machine/precondition-error.ts';
import { runTool } from './run.ts';
import type { ClusterTool } from './tool.ts';

/**
 * Time-outs in ms. The caller that creates the cluster owns them. Images of nodes may have to be pulled, and
 * an archive has up to 2 GB.
 */
const timeouts = { list: 60_000, create: 900_000, load: 600_000, logs: 120_000, remove: 300_000 };

/** A cluster of Docker containers, which is removed when this process ends. */
export type DockerCluster = {
  name: string;
  /** A file that only this user can read, in a folder that is removed with the cluster. */
  kubeconfig: string;
  context: string;
  /** The nodes that Longhorn runs on. */
  workers: string[];
  load(archive: string, signal: AbortSignal): Promise<void>;
  /** Lets the cluster outlive this process. */
  keep(): void;
  /** Deletes the cluster in any state. The error contains the command to do it manually. */
  remove(): Promise<void>;
  /** Saves the logs of its nodes, deletes it, and throws the reason of the failure. */
  giveUp(reason: unknown): Promise<never>;
};

/** The command that deletes a cluster, for messages. */
export const removeCommand = ({ name: command, remove }: ClusterTool, name: string): string =>
  [command, ...remove(name)].join(' ');

const requireFreeName = async (
  tool: ClusterTool,
  { name, kubeconfig, signal }: { name: string; kubeconfig: string; signal: AbortSignal },
) => {
  const all = tool.list.read(
    await runTool(tool.name, tool.list.args, { kubeconfig, timeout: timeouts.list, signal }),
  );
  if (all.includes(name))
    throw new PreconditionError({
      code: 'cluster-name-taken',
      what: `there is a ${tool.name} cluster ${name} already, kept or left by another run`,
      remedy: removeCommand(tool, name),
    });
};

// A sentence about the saved logs of a failed cluster.
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
 * Creates a cluster named `corral-` and this process's ID. If the creation is interrupted or fails, only the
 * logs of its nodes remain, in the folder `out`.
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
    await requireFreeName(tool, { name, kubeconfig, signal });
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
      // An expectation's message fills a screen, and readers look at its first line.
      throw new PreconditionError(
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

// When this process ends in any way, the kernel closes the pipe that the script reads from. The removal runs
// twice, because a container may have been starting during the first one.
const script = 'read -r _ && exit; folder=$1; shift; "$@"; "$@"; rm -rf -- "$folder"';

/**
 * Starts a process that runs a command and removes a folder when this process ends, even by `kill -9`.
 * `dismiss` cancels it. It has its own session, so Ctrl-C at the terminal does not reach it.
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
  // The guard may have been killed.
  child.stdin.on('error', () => {});
  return { dismiss: () => void child.stdin.end('\n') };
};
