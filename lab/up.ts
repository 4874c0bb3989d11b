import { explainDisk } from './build/disk-error.ts';
import { watchDisk } from './build/disk-watch.ts';
import { withBuildSignal } from './build/signal.ts';
import { snapshotDefinitions } from './build/snapshot-controller.ts';
import type { CachedArtifact } from './cache/cache.ts';
import { openCache } from './cache/folders.ts';
import { withSharedCache } from './cache/lock.ts';
import { waitForCluster, waitForNodes } from './cluster-ready.ts';
import { requireFitMachine } from './fitness.ts';
import { applyManifests } from './manifests/apply.ts';
import { prepareLab, spaceToBuild } from './prepare.ts';
import { addonObjects } from './run/addons.ts';
import { apiProxyEndpoints } from './run/api-proxy.ts';
import type { LabSettings } from './run/settings.ts';
import { type Lab, startLab } from './run/start.ts';
import { labNodes } from './run/topology.ts';
import { defaultSize, type LabSize } from './size.ts';
import type { StepRunner } from './step.ts';

/** The options of a lab. Missing sizes have the values of the default size. */
export type LabOptions = Partial<LabSize> &
  Pick<LabSettings, 'nodeGrace' | 'apiProxy'> & {
    name: string;
    /** Image archives for the nodes, in addition to the core images. */
    archives?: readonly CachedArtifact[];
    /**
     * Work that starts as soon as the API server responds, while the nodes boot. `signal` aborts if the lab
     * does not come up.
     */
    meanwhile?: (lab: Lab, signal: AbortSignal) => Promise<unknown>;
    /** Whether to fetch a browser too, for pages in the lab. */
    withBrowser?: boolean;
    /** Whether the cluster has the snapshot controller, and the definitions of its kinds. */
    withSnapshots?: boolean;
    step: StepRunner;
    signal?: AbortSignal;
  };

/**
 * Runs all works in parallel. If one fails, or `signal` aborts, the others are ended first, and then this
 * throws the first error.
 */
const together = async (
  signal: AbortSignal,
  works: readonly ((signal: AbortSignal) => Promise<unknown>)[],
): Promise<void> => {
  const failed = new AbortController();
  const either = AbortSignal.any([failed.signal, signal]);
  const aborted = Promise.withResolvers<never>();
  signal.addEventListener('abort', () => aborted.reject(signal.reason), { once: true });
  if (signal.aborted) aborted.reject(signal.reason);
  const all = works.map((work) => work(either));
  try {
    await Promise.race([Promise.all(all), aborted.promise]);
  } catch (error) {
    failed.abort(error);
    await Promise.allSettled(all);
    throw error;
  }
};

/**
 * Starts a lab, after building what the cache lacks. Resolves when its nodes are Ready, pods can be created,
 * and `meanwhile` has ended. Throws PreconditionError if this machine is not fit for a lab.
 */
export const buildAndStartLab = async ({
  name,
  archives,
  meanwhile,
  withBrowser = false,
  withSnapshots = false,
  step,
  signal,
  ...size
}: LabOptions): Promise<Lab> => {
  const { nodes: count, memory, disk, ...others } = { ...defaultSize, ...size };
  const cache = await openCache();
  await requireFitMachine({ cache, toBuild: await spaceToBuild(archives), nodes: count, memory });
  const lab = await withBuildSignal(signal, () =>
    withSharedCache(async () => {
      const prepared = await prepareLab(step, archives, { withBrowser, withSnapshots });
      signal?.throwIfAborted();
      try {
        return await step('Start the control plane', () =>
          startLab({ name, nodes: count, memory, disk, ...others, ...prepared }),
        );
      } catch (error) {
        throw await explainDisk(error, { doing: 'the lab was starting', folder: cache });
      }
    }),
  );
  const nodes = labNodes(count).map((node) => node.name);
  const ready = count === 1 ? 'Wait until the node is Ready' : `Wait until ${count} nodes are Ready`;
  const { kubeconfig } = lab;
  const room = watchDisk(cache);
  try {
    // Before Longhorn, which looks for these kinds when it starts.
    if (withSnapshots) await applyManifests({ kubeconfig, manifests: await snapshotDefinitions(), signal });
    await together(AbortSignal.any([lab.lost, room.signal, ...(signal ? [signal] : [])]), [
      (either) => step(ready, () => waitForNodes({ kubeconfig, signal: either }, nodes)),
      (either) =>
        step('Wait until pods can be made and find each other', async () => {
          await applyManifests({
            kubeconfig,
            manifests: [
              { source: 'the addons of the lab', text: addonObjects() },
              ...(others.apiProxy ? [{ source: 'the proxy of the lab', text: apiProxyEndpoints() }] : []),
            ],
            signal: either,
          });
          await waitForCluster({ kubeconfig, signal: either }, count);
        }),
      ...(meanwhile ? [(either: AbortSignal) => meanwhile(lab, either)] : []),
    ]);
  } catch (error) {
    const explained = signal?.aborted
      ? error
      : await explainDisk(error, { doing: 'the lab was starting', folder: cache });
    await lab.stop();
    throw explained;
  } finally {
    room.stop();
  }
  return lab;
};
