import { stringify } from 'yaml';
import { followLog } from '../../../history/pod-log.ts';
import type { Timeline } from '../../../history/timeline.ts';
import { type Cluster, type KubernetesObject, resources } from '../../../kube/cluster.ts';
import { withoutManagedFields } from '../../../kube/objects.ts';
import type { Pod } from '../../../kube/pods.ts';
import type { Disruption } from '../../../longhorn/disruptions.ts';
import { type Event, timeOfEvent } from '../../../longhorn/job-types.ts';
import { managerContainer } from '../../../longhorn/manager.ts';
import { longhornNamespace, longhornResources } from '../../../longhorn/resources.ts';
import type { RunningStore } from '../../../store/driver.ts';
import { storeFolder } from '../../../store/format/layout.ts';
import type { StoreSource } from '../../../store/format/source.ts';
import { checkStore } from '../../../store/fsck/fsck.ts';
import type { Belongs, EvidenceSource } from '../../evidence/recorder.ts';
import type { Timelines } from '../timelines.ts';

type SourcesOptions = {
  cluster: Cluster;
  timelines: Timelines;
  belongs: Belongs;
  since: Date;
  /** The scenario's stores, including those that are still starting. */
  stores: readonly {
    place: { namespace: string };
    running?: Pick<RunningStore, 'logs' | 'source'>;
  }[];
};

/** Returns everything that is read from the cluster after a failure, before the cleanup. */
export const sourcesOf = (deps: SourcesOptions): EvidenceSource[] => [
  { file: 'objects.yaml', read: (signal) => readObjects(deps, signal) },
  { file: 'events.ndjson', read: (signal) => readEvents(deps, signal) },
  ...managersLogs(deps.cluster, { managers: deps.timelines.managers, since: deps.since }),
  ...deps.stores.flatMap(({ running }, index) =>
    running === undefined
      ? []
      : ofStore(running, { since: deps.since, folder: index === 0 ? '' : `store-${index + 1}/` }),
  ),
];

const plurals: Record<Exclude<keyof Timelines, 'managers'>, string> = {
  volumes: 'volumes',
  attachments: 'volumeattachments',
  snapshots: 'snapshots',
  backups: 'backups',
  backupVolumes: 'backupvolumes',
  backupTargets: 'backuptargets',
};

const readObjects = async (
  { cluster, timelines, belongs, stores }: SourcesOptions,
  signal: AbortSignal,
): Promise<string> => {
  const { managers: _, ...watched } = timelines;
  const own = Object.entries(watched).flatMap(([key, timeline]) =>
    timeline.objects().filter((object) => belongs(plurals[key as keyof typeof plurals], object)),
  );
  const lists = await Promise.all([
    cluster.list<KubernetesObject>(longhornResources.nodes, { namespace: longhornNamespace, signal }),
    cluster.list<KubernetesObject>(resources.pods, { namespace: longhornNamespace, signal }),
    ...namespacesOf(stores).map((namespace) =>
      cluster.list<KubernetesObject>(resources.pods, { namespace, signal }),
    ),
  ]);
  const [nodes = [], ...pods] = lists.map(({ items }) => items);
  return [...own, ...nodes, ...pods.flat()]
    .map((object) => `---\n${stringify(withoutManagedFields(object))}`)
    .join('');
};

const namespacesOf = (stores: SourcesOptions['stores']): string[] => [
  ...new Set(stores.map(({ place }) => place.namespace)),
];

const readEvents = async (
  { cluster, stores, since }: SourcesOptions,
  signal: AbortSignal,
): Promise<string> => {
  const lists = await Promise.all(
    [longhornNamespace, ...namespacesOf(stores)].map((each) =>
      cluster.list<Event>(resources.events, { namespace: each, signal }),
    ),
  );
  return lists
    .flatMap(({ items }) => items)
    .filter((event) => Date.parse(timeOfEvent(event)) >= since.getTime() - 1000)
    .toSorted((one, other) => (timeOfEvent(one) < timeOfEvent(other) ? -1 : 1))
    .map((event) => `${JSON.stringify(withoutManagedFields(event))}\n`)
    .join('');
};

const ofStore = (
  { logs, source }: Pick<RunningStore, 'logs' | 'source'>,
  { since, folder }: { since: Date; folder: string },
): EvidenceSource[] => {
  return [
    ...logs(since).map(({ file, read }) => ({ file: `${folder}logs/${file}`, read })),
    { file: `${folder}store-listing.txt`, read: () => listFiles(source) },
    {
      file: `${folder}store-fsck.json`,
      read: async () =>
        `${JSON.stringify(await checkStore(source, { now: Date.now(), verify: undefined }), null, 2)}\n`,
    },
  ];
};

// Blocks are at the seventh level below the store's folder.
const deepest = 12;

const listFiles = async (source: StoreSource): Promise<string> => {
  const lines = ['kind      bytes  changed                   path'];
  for await (const { kind, size, changedAt, path } of source.walk(storeFolder, deepest))
    lines.push(`${kind.padEnd(7)} ${String(size).padStart(9)} ${new Date(changedAt).toISOString()}  ${path}`);
  return `${lines.join('\n')}\n`;
};

type Managers = { managers: Timeline<Pod>; since: Date };

// The kubelet returns the last lines of a log.
const lines = { brief: 2000, whole: 20_000 };

/** The logs of all existing managers since the scenario's start. For a restarted container also its previous log. */
const managersLogs = (cluster: Cluster, { managers, since }: Managers): EvidenceSource[] =>
  managers.objects().flatMap(({ metadata: { name }, status }) => {
    const pod = { namespace: longhornNamespace, name, container: managerContainer };
    const read: EvidenceSource['read'] = (_, { isBrief }) =>
      cluster.logs(pod, {
        timestamps: true,
        sinceTime: since.toISOString(),
        tailLines: isBrief ? lines.brief : lines.whole,
      });
    const isAnew = status?.containerStatuses?.some(
      (each) => each.name === managerContainer && (each.restartCount ?? 0) > 0,
    );
    const before = () => cluster.logs(pod, { timestamps: true, previous: true, tailLines: lines.whole });
    return [
      { file: `logs/${name}.${managerContainer}.log`, read, always: true as const },
      ...(isAnew ? [{ file: `logs/${name}.${managerContainer}.before-restart.log`, read: before }] : []),
    ];
  });

/** The disruptions that can remove manager pods and their logs. */
export const endManagers: readonly Disruption[] = ['manager-kill', 'uninstallation', 'upgrade', 'node-fault'];

/**
 * Follows the logs of the managers, for a scenario that kills some: a log is lost with its pod. The log goes to the
 * observer.
 */
export const followManagers = (
  cluster: Cluster,
  { managers, since, signal }: Managers & { signal: AbortSignal },
): void => {
  const followed = new Set<string | undefined>();
  const follow = ({ metadata: { name, uid }, status }: Pod): void => {
    const runs = status?.containerStatuses?.some(
      (each) => each.name === managerContainer && each.state?.running !== undefined,
    );
    if (!runs || followed.has(uid)) return;
    followed.add(uid);
    // If following fails, the pod still exists, and its log is read at the end of the scenario.
    followLog(
      cluster,
      { namespace: longhornNamespace, name, container: managerContainer },
      { signal, sinceTime: since.toISOString() },
    ).catch(() => {});
  };
  for (const pod of managers.objects()) follow(pod);
  managers.onEntry((entry) => {
    if (entry.kind !== 'gap' && entry.kind !== 'deleted') follow(entry.object);
  });
};
