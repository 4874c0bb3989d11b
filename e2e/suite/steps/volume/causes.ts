import type { StateProbe } from '../../../history/progress.ts';
import type { NearestCause } from '../../../history/verdict.ts';
import { type Cluster, type KubernetesObject, resources } from '../../../kube/cluster.ts';
import { describeBackup } from '../../../longhorn/backup-state.ts';
import { instanceManagerLabel, managerContainer, managerLabel } from '../../../longhorn/manager.ts';
import {
  longhornResources,
  longhornNamespace as namespace,
  volumeSelector,
} from '../../../longhorn/resources.ts';
import type { Instance, Volume, VolumeAttachment } from '../../../longhorn/types.ts';
import type { Context } from '../context.ts';
import type { BackupHandle, SnapshotHandle } from '../handles.ts';

type CausesContext = Pick<Context, 'cluster' | 'timelines'>;

/** Returns why a snapshot does not become ready, from the snapshot and its volume. */
export const causeOfSnapshot = async (
  deps: CausesContext,
  { name, volume }: SnapshotHandle,
  signal: AbortSignal,
): Promise<NearestCause> => {
  const { status } = deps.timelines.snapshots.current(name) ?? {};
  const of = await causeOfVolume(deps, volume.name, signal);
  const own =
    status === undefined
      ? `snapshot ${name} is not taken up`
      : status.error
        ? `snapshot ${name}: ${status.error}`
        : undefined;
  return { line: own ?? of.line, details: [...(own === undefined ? [] : [own]), ...of.details] };
};

/** Returns why a backup does not complete, from the backup, its snapshot and its volume. */
export const causeOfBackup = async (
  deps: CausesContext,
  { name, snapshot }: BackupHandle,
  signal: AbortSignal,
): Promise<NearestCause> => {
  const backup = deps.timelines.backups.current(name);
  const { status } = backup ?? {};
  const of = await causeOfSnapshot(deps, snapshot, signal);
  const said = status?.error || status?.messages?.error || status?.messages?.info;
  const own =
    backup === undefined
      ? `backup ${name} is not there`
      : `backup ${name}: ${said || describeBackup(backup)}`;
  return { line: said || backup === undefined ? own : `${own}; ${of.line}`, details: [own, ...of.details] };
};

/**
 * Returns why a volume does not become attached and healthy: its state, its engine and replicas, their last errors,
 * and failed scheduling.
 */
export const causeOfVolume = async (
  { cluster, timelines }: CausesContext,
  name: string,
  signal: AbortSignal,
): Promise<NearestCause> => {
  const volume = timelines.volumes.current(name);
  const since = volume?.metadata.creationTimestamp;
  const listed = { namespace, labelSelector: volumeSelector(name), signal };
  const [engines, replicas, errors] = await Promise.all([
    foundOrErrors(async () => (await cluster.list<Instance>(longhornResources.engines, listed)).items),
    foundOrErrors(async () => (await cluster.list<Instance>(longhornResources.replicas, listed)).items),
    foundOrErrors(() => processErrors({ cluster, volume: name, since, signal })),
  ]);
  const held = unmet(volume?.status?.conditions);
  const failed = replicas.found.filter(hasFailed);
  const state = volume === undefined ? 'it is not there' : `it is ${describeState(volume)}`;
  const parts = [
    state,
    ...(failed.length > 0 ? [`${failed.length} of ${replicas.found.length} replicas failed`] : []),
    ...held,
    ...errors.found.slice(-1).map(messageOfLine),
  ];
  return {
    line: `volume ${name}: ${parts.join('; ')}`,
    details: [
      `volume ${name}: ${state}, on ${volume?.status?.currentNodeID || 'no node'}, owned by ${volume?.status?.ownerID || 'nobody'}`,
      ...held,
      ...ticketsOf(timelines.attachments.current(name)),
      ...engines.found.map((each) => describeInstance('engine', each)),
      ...replicas.found.map((each) => describeInstance('replica', each)),
      ...errors.found,
      ...[engines, replicas, errors].flatMap((found) => found.errors),
    ],
  };
};

type Found<T> = { found: T[]; errors: string[] };

// If one request fails, the others may still give the reason.
const foundOrErrors = async <T>(read: () => Promise<T[]>): Promise<Found<T>> => {
  try {
    return { found: await read(), errors: [] };
  } catch (error) {
    return { found: [], errors: [`not read: ${(error as Error).message}`] };
  }
};

const describeState = ({ status }: Volume): string =>
  `${status?.state || 'new'}, ${status?.robustness || 'robustness not known'}`;

const hasFailed = ({ spec, status }: Instance): boolean =>
  Boolean(spec?.failedAt) || status?.currentState === 'error';

type Conditions = NonNullable<Volume['status']>['conditions'];

const isScheduling = (type: string): boolean =>
  ['scheduled', 'toomanysnapshots'].includes(type.toLowerCase());

/** Returns the unmet scheduling conditions of a volume. */
const unmet = (conditions: Conditions): string[] =>
  (conditions ?? []).flatMap(({ type, status, reason, message }) =>
    isScheduling(type) && status === (type.toLowerCase() === 'scheduled' ? 'False' : 'True')
      ? `${type} is ${status}: ${[reason, message].filter(Boolean).join(': ')}`
      : [],
  );

// In ms. A wait should not last much longer because of its probe.
const longestProbe = 15_000;

/**
 * Returns the states of a volume's engine and replicas, as a sign of progress while the volume is detached or
 * removed. The volume object shows only its first and its last state.
 */
export const instancesProbe = ({ cluster }: Pick<CausesContext, 'cluster'>, name: string): StateProbe => ({
  name: `the engine and the replicas of volume ${name}`,
  state: async () => {
    const listed = {
      namespace,
      labelSelector: volumeSelector(name),
      signal: AbortSignal.timeout(longestProbe),
    };
    const [engines, replicas] = await Promise.all([
      cluster.list<Instance>(longhornResources.engines, listed),
      cluster.list<Instance>(longhornResources.replicas, listed),
    ]);
    const all = [
      ...engines.items.map((each) => describeInstance('engine', each)),
      ...replicas.items.map((each) => describeInstance('replica', each)),
    ];
    return all.sort().join('; ') || 'none';
  },
});

const describeInstance = (what: string, { metadata, spec, status }: Instance): string => {
  const bad = (status?.conditions ?? [])
    .filter(({ message }) => message)
    .map(({ type, status: is, message }) => `${type} ${is}: ${message}`);
  const failed = spec?.failedAt ? [`failed at ${spec.failedAt}`] : [];
  const wanted = `${status?.currentState || 'no state'} (wanted: ${spec?.desireState || 'nothing'})`;
  return [`${what} ${metadata.name} on ${spec?.nodeID || 'no node'}: ${wanted}`, ...failed, ...bad].join(
    ', ',
  );
};

const ticketsOf = (attachment: VolumeAttachment | undefined): string[] =>
  Object.entries(attachment?.status?.attachmentTicketStatuses ?? {}).map(
    ([id, { satisfied, conditions }]) => {
      const why = (conditions ?? []).find(({ message }) => message)?.message;
      return `ticket ${id}: ${satisfied ? 'satisfied' : 'not satisfied'}${why ? `: ${why}` : ''}`;
    },
  );

// The number of lines at the end of a log that are read.
const tailLines = 5000;
const most = 6;

/** Whether a line reports an error of a process, or of the program that starts it. */
const isError = (line: string): boolean =>
  /\blevel="?(error|fatal|panic)\b|\bFATAL\b|\bpanic:|\bError running\b/.test(line);

const unquoted = (text: string): string => text.replaceAll(/\\(["\\])/g, '$1').replaceAll('\\n', ' ');

/** Returns the message and error in a log line, without its time and the names of fields. */
export const messageOfLine = (line: string): string => {
  const field = (name: string) => new RegExp(`\\b${name}=(?:"((?:[^"\\\\]|\\\\.)*)"|(\\S+))`).exec(line);
  const said = ['msg', 'error'].flatMap((name) => {
    const found = field(name);
    return found === null ? [] : unquoted(found[1] ?? found[2] ?? '');
  });
  return said.length > 0 ? said.join(': ') : line.replace(/^\S*\d\d:\d\d:\d\d\S*\s+/, '').trim();
};

/** Returns the last error lines of a log that name the volume or one of its processes. */
export const errorLinesOf = (log: string, volume: string): string[] =>
  log
    .split('\n')
    .filter((line) => line.includes(volume) && isError(line))
    .slice(-most);

type Read = { cluster: Cluster; volume: string; since: string | undefined; signal: AbortSignal };

/**
 * Returns the last errors of a volume's processes as `pod: line`, from the logs of the instance managers. If they
 * have none, from the logs of the longhorn-managers.
 */
const processErrors = async (read: Read): Promise<string[]> => {
  const found = await errorsIn(read, { labelSelector: instanceManagerLabel });
  return found.length > 0
    ? found
    : errorsIn(read, { labelSelector: managerLabel, container: managerContainer });
};

const errorsIn = async (
  { cluster, volume, since, signal }: Read,
  { labelSelector, container }: { labelSelector: string; container?: string },
): Promise<string[]> => {
  const { items } = await cluster.list<KubernetesObject>(resources.pods, {
    namespace,
    labelSelector,
    signal,
  });
  const logs = items.map(async ({ metadata: { name } }) => {
    const pod = { namespace, name, ...(container !== undefined && { container }) };
    const log = await cluster.logs(pod, { tailLines, ...(since !== undefined && { sinceTime: since }) });
    return errorLinesOf(log, volume).map((line) => `${name}: ${line}`);
  });
  // An unreadable log of one pod does not hide the errors in the others.
  return (await Promise.allSettled(logs))
    .flatMap((each) => (each.status === 'fulfilled' ? each.value : []))
    .slice(-most);
};
