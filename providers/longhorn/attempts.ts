import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster, KubernetesObject, Resource } from '../../e2e/kube/cluster.ts';
import { refusalIn } from '../../e2e/kube/errors.ts';
import {
  longhornApiVersion,
  longhornResources,
  longhornNamespace as namespace,
} from '../../e2e/longhorn/resources.ts';
import { syncRequest } from '../../e2e/longhorn/sync-request.ts';
import type { BackupTarget } from '../../e2e/longhorn/types.ts';
import { isPodReady } from './stuck.ts';
import type { World } from './watches.ts';

const instanceManagers: Resource = { group: 'longhorn.io', version: 'v1beta2', plural: 'instancemanagers' };

const first = 250;
const longest = 2000;

/**
 * Tries until it works, with growing pauses up to 2 s, and reports what each attempt lacked. Ends when it worked
 * or with the signal, whose owner has the time-out. For questions that only an attempt answers: whether a
 * webhook takes a request is no state of an object.
 */
export const untilItWorks = async (
  attempt: () => Promise<unknown>,
  { signal, onLacks = () => {} }: { signal: AbortSignal; onLacks?: (lacks: string[]) => void },
): Promise<void> => {
  for (let pause = first; !signal.aborted; pause = Math.min(pause * 2, longest)) {
    try {
      await attempt();
      return onLacks([]);
    } catch (error) {
      onLacks([(error as Error).message]);
    }
    await sleep(pause, undefined, { signal }).catch(() => {});
  }
};

/**
 * Asks for a volume without making one: the API server passes it through the webhooks, which know all that a
 * volume needs.
 */
export const askForVolume = async (cluster: Cluster): Promise<void> => {
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

// As long as the API server itself waits for a webhook.
const answerTimeout = 10_000;

type InstanceManager = KubernetesObject & { status?: { currentState?: string } };

/**
 * Touches each instance manager that is not `running` though its pod is ready, so that Longhorn looks at it
 * again.
 *
 * Longhorn's first look comes with the pod's readiness, some milliseconds before the process in it listens;
 * that and three more fail, and the next one is the resync 30 s later (seen on a v1.12.1;
 * M:controller/instance_manager_controller.go).
 */
export const touchLate = async (cluster: Cluster, world: World): Promise<void> => {
  const late = world
    .objects<InstanceManager>('instanceManagers')
    .filter(
      ({ metadata, status }) =>
        status?.currentState !== 'running' && isPodReady(world.find('pods', metadata.name)),
    );
  const touched = { metadata: { annotations: { 'corral.test/touched': new Date().toISOString() } } };
  await Promise.all(
    late.map(({ metadata: { name } }) => cluster.patch(instanceManagers, { namespace, name }, touched)),
  );
};

/**
 * Points Longhorn's default backup target at a store and has it looked at now; the interval of later looks
 * stays Longhorn's. It stays there: while one target has no URL, Longhorn unmounts the stores of all others
 * every 30 s, below uploads too (seen on a v1.12.1; M:controller/backup_target_controller.go, cleanUpAllMounts).
 */
export const pointTarget = async (
  cluster: Cluster,
  { url, target }: { url: string; target: BackupTarget },
): Promise<void> => {
  const spec = { backupTargetURL: url, credentialSecret: '', syncRequestedAt: await syncRequest(target) };
  await cluster.patch(longhornResources.backupTargets, { namespace, name: target.metadata.name }, { spec });
};
