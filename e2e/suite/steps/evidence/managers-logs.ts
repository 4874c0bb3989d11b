import { followLog } from '../../../history/pod-log.ts';
import type { Timeline } from '../../../history/timeline.ts';
import type { Cluster } from '../../../kube/cluster.ts';
import { managerContainer } from '../../../longhorn/manager.ts';
import { longhornNamespace as namespace } from '../../../longhorn/resources.ts';
import type { Source } from '../../evidence/keeper.ts';
import type { ManagerPodObject } from '../conclude/judge-managers.ts';

type Managers = { managers: Timeline<ManagerPodObject>; since: Date };

// The kubelet gives the end of a log, however long it is.
const lines = { brief: 2000, whole: 20_000 };

/** The logs of the managers that there are, from the scenario's beginning on; of one that was started again, what it said before as well. */
export const managersLogs = (cluster: Cluster, { managers, since }: Managers): Source[] =>
  managers.objects().flatMap(({ metadata: { name }, status }) => {
    const pod = { namespace, name, container: managerContainer };
    const read: Source['read'] = (_, { isBrief }) =>
      cluster.logs(pod, { timestamps: true, sinceTime: since.toISOString(), tailLines: isBrief ? lines.brief : lines.whole });
    const isAnew = status?.containerStatuses?.some((each) => each.name === managerContainer && (each.restartCount ?? 0) > 0);
    const before = () => cluster.logs(pod, { timestamps: true, previous: true, tailLines: lines.whole });
    return [
      { file: `logs/${name}.${managerContainer}.log`, read, always: true as const },
      ...(isAnew ? [{ file: `logs/${name}.${managerContainer}.before-restart.log`, read: before }] : []),
    ];
  });

/** Reads the logs of the managers while they live, for a scenario that kills some: with a pod its log goes. Whoever observes gets those that end. */
export const followManagers = (cluster: Cluster, { managers, since, signal }: Managers & { signal: AbortSignal }): void => {
  const followed = new Set<string | undefined>();
  const follow = ({ metadata: { name, uid }, status }: ManagerPodObject): void => {
    const runs = status?.containerStatuses?.some((each) => each.name === managerContainer && each.state?.running !== undefined);
    if (!runs || followed.has(uid)) return;
    followed.add(uid);
    // One that cannot be read to its end is one of a pod that lives: it is read at the end of the scenario.
    followLog(cluster, { namespace, name, container: managerContainer }, { signal, sinceTime: since.toISOString() }).catch(() => {});
  };
  for (const pod of managers.objects()) follow(pod);
  managers.onEntry((entry) => {
    if (entry.kind !== 'gap' && entry.kind !== 'deleted') follow(entry.object);
  });
};
