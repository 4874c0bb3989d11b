import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster } from '../../e2e/kube/cluster.ts';
import { refusalIn } from '../../e2e/kube/errors.ts';
import {
  longhornApiVersion,
  longhornResources,
  longhornNamespace as namespace,
} from '../../e2e/longhorn/resources.ts';
import { syncRequest } from '../../e2e/longhorn/sync-request.ts';
import type { BackupTarget, InstanceManager } from '../../e2e/longhorn/types.ts';
import { isPodReady } from './stuck.ts';
import type { InstallationWatches } from './watches.ts';

const first = 250;
const longest = 2000;

/**
 * Repeats an attempt until it succeeds, with growing pauses up to 2 s, and reports the failure of each. Ends
 * after a success or with the signal, whose owner has the time-out. For conditions that no object shows:
 * whether a webhook accepts a request is not in any object.
 */
export const retryUntilSuccess = async (
  attempt: () => Promise<unknown>,
  { signal, onMissing = () => {} }: { signal: AbortSignal; onMissing?: (missing: string[]) => void },
): Promise<void> => {
  for (let pause = first; !signal.aborted; pause = Math.min(pause * 2, longest)) {
    try {
      await attempt();
      return onMissing([]);
    } catch (error) {
      onMissing([(error as Error).message]);
    }
    await sleep(pause, undefined, { signal }).catch(() => {});
  }
};

/**
 * Creates a volume with dryRun, so that none is made: the API server passes it through the webhooks, which
 * check all that a volume needs.
 */
export const tryCreateVolume = async (cluster: Cluster): Promise<void> => {
  const answer = await cluster.request(
    `/apis/${longhornApiVersion}/namespaces/${namespace}/volumes?dryRun=All`,
    {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        apiVersion: longhornApiVersion,
        kind: 'Volume',
        metadata: { name: 'corral-dry-run', namespace },
        spec: { size: '16777216', numberOfReplicas: 1, frontend: 'blockdev' },
      }),
      signal: AbortSignal.timeout(answerTimeout),
    },
  );
  const text = await answer.text();
  if (!answer.ok) throw new Error(`refused with ${answer.status}: ${refusalIn(text)}`);
};

// As long as the API server waits for a webhook, in ms.
const answerTimeout = 10_000;

/**
 * Touches each instance manager that is not `running` although its pod is ready, so that Longhorn reconciles
 * it again. Longhorn's first reconcile comes with the pod's readiness, some milliseconds before its process
 * listens. That one and three more fail, and the next is the resync 30 s later (seen on a v1.12.1;
 * M:controller/instance_manager_controller.go).
 */
export const touchUnreconciledManagers = async (
  cluster: Cluster,
  watches: InstallationWatches,
): Promise<void> => {
  const late = watches
    .objects<InstanceManager>('instanceManagers')
    .filter(
      ({ metadata, status }) =>
        status?.currentState !== 'running' && isPodReady(watches.find('pods', metadata.name)),
    );
  const touched = { metadata: { annotations: { 'corral.test/touched': new Date().toISOString() } } };
  await Promise.all(
    late.map(({ metadata: { name } }) =>
      cluster.patch(longhornResources.instanceManagers, { namespace, name }, touched),
    ),
  );
};

/**
 * Sets the URL of Longhorn's default backup target and requests a sync. Its poll interval stays unchanged.
 * The URL is kept, because while a target has no URL, Longhorn unmounts the stores of all others every 30 s,
 * even during uploads (seen on a v1.12.1; M:controller/backup_target_controller.go, cleanUpAllMounts).
 */
export const setTargetURL = async (
  cluster: Cluster,
  { url, target }: { url: string; target: BackupTarget },
): Promise<void> => {
  const spec = { backupTargetURL: url, credentialSecret: '', syncRequestedAt: await syncRequest(target) };
  await cluster.patch(longhornResources.backupTargets, { namespace, name: target.metadata.name }, { spec });
};
