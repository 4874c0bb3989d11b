import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, open, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { PreconditionError } from '../../e2e/machine/precondition-error.ts';
import { type LabSettings, labDir, labFiles } from './settings.ts';
import { labState } from './state.ts';

/** A running lab. */
export type Lab = {
  kubeconfig: string;
  context: string;
  /** When its API server first responded, by `performance.now()`. */
  answered: number;
  /** The processes that have ended since: how, and their last output. */
  ended: readonly string[];
  /**
   * Aborts with a reason when the lab has lost a process that was not stopped deliberately. Results on this
   * lab cannot be trusted after that.
   */
  lost: AbortSignal;
  /** Lets the lab outlive this process. */
  keep: () => void;
  /** Takes the lab down. Resolves when nothing of it is left. */
  stop: () => Promise<void>;
};

/**
 * Time-out until the control plane responds. The caller of startLab owns it. It is longer than the API server's own.
 */
const START_TIMEOUT_MS = 6 * 60_000;

/**
 * Starts a lab. Resolves when its API server responds; its nodes may not be ready then. Until `keep` is
 * called, the lab goes down with this process, however that ends. Throws PreconditionError if a lab of that name is up.
 */
export const startLab = async (options: Omit<LabSettings, 'dir' | 'port'>): Promise<Lab> => {
  const dir = labDir(options.name);
  if (await labState(options.name))
    throw new PreconditionError({
      code: 'lab-is-up',
      what: `a lab named ${options.name} is up already`,
      remedy: 'run npx corral lab down',
    });
  // The remains of a lab that was killed together with its host.
  if (existsSync(dir)) await rm(dir, { recursive: true, force: true });
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const files = labFiles(dir);
  const settings: LabSettings = { ...options, dir, port: 0 };
  await writeFile(files.settings, JSON.stringify(settings));

  // In its own session, because Ctrl-C at the terminal must reach the processes that heal and clean up first,
  // not the cluster.
  const log = await open(files.hostLog, 'a');
  const host = spawn(process.execPath, [join(import.meta.dirname, 'host.ts'), dir], {
    stdio: ['pipe', 'pipe', log.fd],
    cwd: dir,
    detached: true,
  }) as ChildProcessByStdio<Writable, Readable, null>;
  await log.close();
  const exited = once(host, 'exit');
  host.stdin.on('error', () => {});
  const ended: string[] = [];
  const lost = new AbortController();
  const reportLoss = (text: string) => {
    ended.push(text);
    lost.abort(new Error(text));
  };
  const stop = async () => {
    host.kill('SIGTERM');
    await exited;
  };
  const { promise: up, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(
    () => reject(new Error(`the lab's control plane did not answer in ${START_TIMEOUT_MS / 1000} s`)),
    START_TIMEOUT_MS,
  );
  createInterface(host.stdout).on('line', (line) => {
    const { event, text } = JSON.parse(line) as { event: string; text: string };
    if (event === 'ready') return resolve();
    reportLoss(text);
    reject(new Error(text));
  });
  host.on('error', reject);
  exited.then(() => reject(new Error('the lab ended before it was up')), reject);
  try {
    await up;
  } catch (error) {
    if (host.exitCode === null) await stop();
    throw error;
  } finally {
    clearTimeout(timer);
  }
  const keep = () => {
    host.stdin.end('keep\n');
    host.unref();
    for (const stream of [host.stdin, host.stdout]) (stream as unknown as { unref?: () => void }).unref?.();
  };
  return {
    kubeconfig: files.kubeconfig,
    context: `corral-${options.name}`,
    answered: performance.now(),
    ended,
    lost: lost.signal,
    keep,
    stop,
  };
};
