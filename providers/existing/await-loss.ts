import { follow } from '../../e2e/history/watch.ts';
import type { Cluster } from '../../e2e/kube/cluster.ts';
import { formatDuration } from '../../e2e/kube/duration.ts';
import { longhornNamespace, longhornResources } from '../../e2e/longhorn/resources.ts';

/**
 * Time in ms without the API server until the cluster counts as lost. Restarts and upgrades of a control
 * plane take a minute or two, and scenarios decide themselves what they can still prove. After five minutes
 * they would only wait for their time-out.
 */
const AWAY_MS = 300_000;

/** Interval in ms of checking the watch's connection state. This sends no request to the server. */
const POLL_MS = 5_000;

/**
 * Watches a cluster. `lost` aborts with a reason when its API server stays away, or does not let the user
 * watch any more.
 */
export const watchForLoss = async (
  cluster: Cluster,
  { away = AWAY_MS, poll = POLL_MS }: { away?: number; poll?: number } = {},
): Promise<{ lost: AbortSignal; stop(): Promise<void> }> => {
  const lost = new AbortController();
  const timeline = await follow(cluster, longhornResources.backupTargets, { namespace: longhornNamespace });
  const giveUp = (why: string): void => lost.abort(new Error(`the API server ${cluster.server} ${why}`));
  const ignore = timeline.onFailure((error) => giveUp(`cannot be watched any more: ${error.message}`));
  const timer = setInterval(() => {
    const { disconnectedSince, lastError } = timeline;
    if (disconnectedSince === undefined || Date.now() - disconnectedSince < away) return;
    clearInterval(timer);
    giveUp(
      `has been away for ${formatDuration(Date.now() - disconnectedSince)}${lastError ? `: ${lastError.error.message}` : ''}`,
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
