import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Offered } from '../../e2e/config/config.ts';
import { waitUntil } from '../../e2e/history/expectation.ts';
import { follow } from '../../e2e/history/watch.ts';
import { connect, resources } from '../../e2e/kube/cluster.ts';
import { openHealth } from '../../e2e/kube/health.ts';
import { isConditionTrue, type WithConditions } from '../../e2e/kube/objects.ts';
import { allDisruptions } from '../../e2e/longhorn/disruptions.ts';
import { withBuildSignal } from '../../lab/build/signal.ts';
import { ensureCached, isCached } from '../../lab/cache/cache.ts';
import { openCache } from '../../lab/cache/folders.ts';
import { withSharedCache } from '../../lab/cache/lock.ts';
import { storeArchiveArtifact, storeImage } from '../../lab/images/core.ts';
import { describeBytes } from '../../lab/step.ts';
import { fetchBrowser, fetchesBrowser } from '../browser.ts';
import { chooseTarget } from '../choose-target.ts';
import { installMeasured } from '../measure-machine.ts';
import type { ProgressDisplay, Provider, RunningCluster } from '../provider.ts';
import { type LonghornTarget, maxBegunFor } from '../target.ts';
import { checkTools } from './check.ts';
import { createCluster, type DockerCluster, removeCommand } from './cluster.ts';
import { ensurePodSystem } from './pod-system.ts';
import type { ClusterTool } from './tool.ts';

type UpOptions = Parameters<Provider['up']>[0];

/** Packs all images that the nodes need. Returns the paths of the archives. */
const packArchives = (
  { archives }: LonghornTarget,
  { signal, progress }: Pick<UpOptions, 'signal' | 'progress'>,
): Promise<string[]> =>
  withBuildSignal(signal, () =>
    withSharedCache(async () => {
      await ensurePodSystem(progress);
      const packed: string[] = [];
      for (const artifact of [await storeArchiveArtifact({ whole: true }), ...archives]) {
        const pack = () => ensureCached(artifact);
        // An artifact in the cache needs no step.
        packed.push(
          join(
            await ((await isCached(artifact))
              ? pack()
              : progress.step(`Pack the images: ${artifact.name}`, pack)),
            'images.tar',
          ),
        );
      }
      return packed;
    }),
  );

// longhorn #8158: containers have no iSCSI.
const offered: Offered = { lab: false, allow: allDisruptions, without: ['block-device', 'volume-snapshots'] };

const running = (
  tool: ClusterTool,
  cluster: DockerCluster,
  { target, installed }: { target: LonghornTarget; installed: Awaited<ReturnType<typeof installMeasured>> },
): RunningCluster => ({
  kubeconfig: cluster.kubeconfig,
  context: cluster.context,
  provider: tool.name,
  storeImage,
  allow: offered.allow,
  without: offered.without,
  accessHints: [`export KUBECONFIG=${cluster.kubeconfig}`, removeCommand(tool, cluster.name)],
  ...installed,
  begun: maxBegunFor(target),
  problems: () => [],
  lost: new AbortController().signal,
  keep: cluster.keep,
  down: cluster.remove,
});

/** Loads the images and installs Longhorn in a new cluster. Returns the facts about the Longhorn and the machine. */
const fill = async (
  { load, kubeconfig, workers }: DockerCluster,
  {
    target,
    archives,
    signal,
    progress,
  }: { target: LonghornTarget; archives: string[]; signal: AbortSignal; progress: ProgressDisplay },
): ReturnType<typeof installMeasured> => {
  const sizes = await Promise.all(archives.map(async (archive) => (await stat(archive)).size));
  const sumOf = (some: readonly number[]): number => some.reduce((sum, size) => sum + size, 0);
  await progress.step('Load the images into its nodes', async (update) => {
    for (const [done, archive] of archives.entries()) {
      // The tool prints nothing before it ends.
      const bytes = { done: sumOf(sizes.slice(0, done)), all: sumOf(sizes) };
      update(describeBytes(bytes, `${done} of ${archives.length} archives`));
      await load(archive, signal);
    }
  });
  await progress.step(`Wait until ${workers.length} nodes are Ready`, () =>
    nodesReady(workers, { kubeconfig, signal }),
  );
  const how = { read: connect({ kubeconfig, health: openHealth() }) };
  return installMeasured(target, { kubeconfig, nodes: workers, signal, how, progress });
};

const startCluster = async (
  tool: ClusterTool,
  { longhorn, registryMirror, images = [], browser, out, signal, progress }: UpOptions,
): Promise<RunningCluster> => {
  await checkTools(tool);
  await openCache();
  const target = await chooseTarget({ longhorn, registryMirror, images, portable: true, progress, signal });
  const archives = await packArchives(target, { signal, progress });
  const fetched = browser ? await fetchBrowser({ signal, progress }) : undefined;
  signal.throwIfAborted();
  const cluster = await progress.step(`Create the ${tool.name} cluster corral-${process.pid}`, () =>
    createCluster(tool, { out, signal }),
  );
  try {
    return {
      ...running(tool, cluster, {
        target,
        installed: await fill(cluster, { target, archives, signal, progress }),
      }),
      browser: fetched,
    };
  } catch (error) {
    return cluster.giveUp(error);
  }
};

/**
 * A cluster of Docker containers that a tool makes for a run, with a Longhorn in it. It is removed when this
 * process ends, unless it is kept.
 */
export const dockerProvider = (tool: ClusterTool): Provider => ({
  name: tool.name,
  offers: async () => ({ ...offered, fetchesBrowser: await fetchesBrowser() }),
  up: (options) => startCluster(tool, options),
});

/** Waits with a watch until these nodes are Ready. */
const nodesReady = async (
  names: readonly string[],
  { kubeconfig, signal }: { kubeconfig: string; signal: AbortSignal },
): Promise<void> => {
  const cluster = connect({ kubeconfig, health: openHealth() });
  await using timeline = await follow<WithConditions>(cluster, resources.nodes, { signal });
  const isReady = (node: WithConditions): boolean => isConditionTrue(node, 'Ready');
  const owner =
    'the set-up: a container is a node within a minute, and its network is an image that may have to be pulled';
  await Promise.all(
    names.map((name) =>
      waitUntil(timeline, isReady, { name, label: `${name} is Ready`, within: '5m', owner }),
    ),
  );
};
