import { mkdir } from 'node:fs/promises';
import { nodeRoot } from './build/node-root.ts';
import { isCached, type Part } from './cache.ts';
import { cacheRoot } from './cache-folders.ts';
import { clusterUsable, nodesReady } from './cluster-ready.ts';
import { checkFitness } from './fitness.ts';
import { prepare } from './prepare.ts';
import { type Lab, startLab } from './run/start.ts';
import { labNodes } from './run/topology.ts';
import { defaultSize, type LabSize } from './size.ts';
import type { Step } from './step.ts';

/** What a lab is to be; what is left out of its size is the default one's. */
export type LabOptions = Partial<LabSize> & { name: string; archives?: readonly Part[]; step: Step; signal?: AbortSignal };

/** A build that is under way ends with this process, so an interruption need not wait for it. */
const orAborted = async <T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> => {
  signal?.throwIfAborted();
  const aborted = new Promise<never>((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason), { once: true }));
  return Promise.race([work, aborted]);
};

/**
 * Brings a lab up, building first what the cache lacks, and resolves when its nodes are Ready.
 *
 * `archives` are the image archives that its nodes have beside the core images. Throws NotFit when this machine cannot carry a lab.
 */
export const up = async ({ name, archives, step, signal, ...size }: LabOptions): Promise<Lab> => {
  const { nodes: count, memory, disk } = { ...defaultSize, ...size };
  await mkdir(cacheRoot(), { recursive: true });
  await checkFitness({ cache: cacheRoot(), built: isCached(await nodeRoot()) });
  const prepared = await orAborted(prepare(step, archives), signal);
  const lab = await step('Start the control plane', () => startLab({ name, nodes: count, memory, disk, ...prepared }));
  try {
    const nodes = labNodes(count).map((node) => node.name);
    const where = { kubeconfig: lab.kubeconfig, ...(signal && { signal }) };
    await step(count === 1 ? 'Wait until the node is Ready' : `Wait until ${count} nodes are Ready`, () => nodesReady(where, nodes));
    await step('Wait until pods can be made and find each other', () => clusterUsable(where));
  } catch (error) {
    await lab.stop();
    throw error;
  }
  return lab;
};
