import { follow } from '../../e2e/history/watch.ts';
import type { Cluster } from '../../e2e/kube/cluster.ts';
import { formatDuration } from '../../e2e/kube/duration.ts';
import { longhornNamespace, longhornResources } from '../../e2e/longhorn/resources.ts';

/**
 * How long an API server may be away before the cluster counts as lost, ms. Restarts and upgrades of a
 * control plane take a minute or two; scenarios that meet them say themselves what they can prove. After five
 * minutes they only wait for their time to be over.
 */
const AWAY_MS = 300_000;

/** How often this process looks at what its watch says of the connection, ms; the server is not asked. */
const POLL_MS = 5_000;

/**
 * Keeps a watch on a cluster. `lost` aborts, with what happened, when its API server stays away or does not
 * let the user watch any more.
 */
export const awaitLoss = async (
  cluster: Cluster,
  { away = AWAY_MS, poll = POLL_MS }: { away?: number; poll?: number } = {},
): Promise<{ lost: AbortSignal; stop(): Promise<void> }> => {
  const lost = new AbortController();
  const timeline = await follow(cluster, longhornResources.backupTargets, { namespace: longhornNamespace });
  const giveUp = (why: string): void => lost.abort(new Error(`the API server ${cluster.server} ${why}`));
  const ignore = timeline.onFailure((error) => giveUp(`cannot be watched any more: ${error.message}`));
  const timer = setInterval(() => {
    const { cutOff, lastTrouble } = timeline;
    if (cutOff === undefined || Date.now() - cutOff < away) return;
    clearInterval(timer);
    giveUp(
      `has been away for ${formatDuration(Date.now() - cutOff)}${lastTrouble ? `: ${lastTrouble.error.message}` : ''}`,
    );
  }, poll);
  return {
    lost: lost.signal,
    stop: async () => {
      clearInterval(timer);
      ignore();
      await timeline.stop();
    },
  };
};
