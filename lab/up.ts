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
export type LabOptions = Partial<LabSize> & {
  name: string;
  /** Image archives that the nodes have beside the core images. */
  archives?: readonly Part[];
  /** What can be done as soon as the API server answers, while the nodes boot; `signal` aborts when the lab does not come up. */
  meanwhile?: (lab: Lab, signal: AbortSignal) => Promise<unknown>;
  step: Step;
  signal?: AbortSignal;
};

/** A build that is under way ends with this process, so an interruption need not wait for it. */
const orAborted = async <T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> => {
  signal?.throwIfAborted();
  const aborted = new Promise<never>((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason), { once: true }));
  return Promise.race([work, aborted]);
};

/** Does all at once; when one fails the others are told to end, and have ended when this throws what failed first. */
const together = async (signal: AbortSignal | undefined, works: readonly ((signal: AbortSignal) => Promise<unknown>)[]): Promise<void> => {
  const failed = new AbortController();
  const either = AbortSignal.any([failed.signal, ...(signal ? [signal] : [])]);
  const all = works.map((work) => work(either));
  try {
    await Promise.all(all);
  } catch (error) {
    failed.abort(error);
    await Promise.allSettled(all);
    throw error;
  }
};

/**
 * Brings a lab up, building first what the cache lacks, and resolves when its nodes are Ready, pods can be made, and `meanwhile` has ended.
 *
 * Throws NotFit when this machine cannot carry a lab.
 */
export const up = async ({ name, archives, meanwhile, step, signal, ...size }: LabOptions): Promise<Lab> => {
  const { nodes: count, memory, disk } = { ...defaultSize, ...size };
  await mkdir(cacheRoot(), { recursive: true });
  await checkFitness({ cache: cacheRoot(), built: isCached(await nodeRoot()) });
  const prepared = await orAborted(prepare(step, archives), signal);
  const lab = await step('Start the control plane', () => startLab({ name, nodes: count, memory, disk, ...prepared }));
  const nodes = labNodes(count).map((node) => node.name);
  const ready = count === 1 ? 'Wait until the node is Ready' : `Wait until ${count} nodes are Ready`;
  const { kubeconfig } = lab;
  try {
    await together(signal, [
      (either) => step(ready, () => nodesReady({ kubeconfig, signal: either }, nodes)),
      (either) => step('Wait until pods can be made and find each other', () => clusterUsable({ kubeconfig, signal: either })),
      ...(meanwhile ? [(either: AbortSignal) => meanwhile(lab, either)] : []),
    ]);
  } catch (error) {
    await lab.stop();
    throw error;
  }
  return lab;
};
