import { setTimeout as sleep } from 'node:timers/promises';
import { managerKilled } from '../../../faults/killed-pod.ts';
import { parseDuration } from '../../../kube/duration.ts';
import type { Pod } from '../../../kube/pods.ts';
import { apiPort, type ManagerPod, managerContainer, managerPods } from '../../../longhorn/manager.ts';
import { knownIdsOf } from '../../../longhorn/messages/classify.ts';
import { readLogLine } from '../../../longhorn/messages/log-line.ts';
import type { Message } from '../../../longhorn/messages/row.ts';
import {
  defaultBackupTarget,
  longhornResources,
  longhornNamespace as namespace,
  readNow,
} from '../../../longhorn/resources.ts';
import type { BackupTarget } from '../../../longhorn/types.ts';
import type { Context } from '../context.ts';
import type { TargetHandle } from '../handles.ts';
import { PromiseBroken } from '../judging.ts';
import { step } from '../step.ts';

const restartsOfManager = ({ status }: Pod): number =>
  status?.containerStatuses?.find(({ name }) => name === managerContainer)?.restartCount ?? 0;

// The API is the last that a manager starts (app/daemon.go, startManager).
const hasStarted = async ({ cluster }: Context, pod: Pod): Promise<boolean> => {
  const target = { namespace, name: pod.metadata.name, container: managerContainer };
  const answer = await cluster
    .script(target, `exec 3<>"/dev/tcp/$POD_IP/${apiPort}" && echo open`)
    .catch(() => undefined);
  return answer?.stdout.trim() === 'open';
};

// The last fatal line of the container before. A manager may end as it starts for another reason, and start again.
const lastWords = async ({ cluster }: Context, { metadata }: Pod): Promise<Message | undefined> => {
  const log = await cluster.logs(
    { namespace, name: metadata.name, container: managerContainer },
    { previous: true, tailLines: 1_000 },
  );
  const messages = log.split('\n').flatMap((line) => readLogLine('manager', line)?.message ?? []);
  return messages.findLast(({ field }) => field === 'log fatal');
};

const untilStarted = async (context: Context, killed: ManagerPod): Promise<Pod> => {
  const { timelines, timeouts, scenarioSignal: signal, version } = context;
  const { within, owner } = timeouts.managersReady;
  const end = performance.now() + parseDuration(within);
  let restarts = 0;
  while (performance.now() < end) {
    const next = timelines.managers
      .objects()
      .find(({ metadata, spec }) => spec?.nodeName === killed.node && metadata.uid !== killed.uid);
    if (next !== undefined && restartsOfManager(next) > restarts) {
      restarts = restartsOfManager(next);
      const words = await lastWords(context, next);
      const says = knownIdsOf(words === undefined ? [] : [words], version);
      if (says.length > 0)
        throw new PromiseBroken(`${next.metadata.name} has ended as it started: ${words?.text}`, {
          of: 'log',
          says,
        });
    }
    if (next !== undefined && (await hasStarted(context, next))) return next;
    await sleep(500, undefined, { signal });
  }
  throw new Error(
    `no longhorn-manager has started on ${killed.node}, which ended ${restarts} times, within ${within} (${owner})`,
  );
};

/** The steps on what a longhorn-manager does as it starts. The scenario must have the exclusive use of the managers. */
export const managerStartSteps = {
  'when.managerKilled': step({
    sentence: 'When a longhorn-manager is killed',
    action: async ({ cluster, faults }: Context): Promise<ManagerPod> => {
      const [pod] = await managerPods(cluster);
      if (pod === undefined) throw new Error('no longhorn-manager runs');
      await faults.inject(managerKilled(cluster, pod));
      return pod;
    },
    detail: ({ name, node }) => `${name} on ${node}`,
  }),
  'then.managerStarts': step({
    sentence: 'Then another longhorn-manager starts in its place',
    parameters: () => ({}),
    action: untilStarted,
    detail: ({ metadata }) => metadata.name,
  }),
  'then.defaultTargetKept': step({
    sentence: 'Then another longhorn-manager starts, and the backup target default is where it was moved to',
    parameters: () => ({}),
    action: async (context: Context, { store }: TargetHandle, killed: ManagerPod) => {
      await untilStarted(context, killed);
      const target = await readNow<BackupTarget>(
        context.cluster,
        longhornResources.backupTargets,
        defaultBackupTarget,
      );
      const found = target?.spec.backupTargetURL;
      if (found === store.url) return;
      throw new PromiseBroken(`its URL was set to ${store.url}, and is ${found} by now`, {
        kind: 'BackupTarget',
        name: defaultBackupTarget,
        state: 'moved back',
      });
    },
  }),
};
