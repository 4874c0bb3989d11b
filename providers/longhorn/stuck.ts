import { type Cluster, type KubernetesObject, resources } from '../../e2e/kube/cluster.ts';
import { longhornNamespace as namespace } from '../../e2e/longhorn/resources.ts';

type State = {
  waiting?: { reason?: string; message?: string };
  terminated?: { reason?: string; exitCode?: number; message?: string };
};
type ContainerStatus = {
  name: string;
  ready?: boolean;
  restartCount?: number;
  state?: State;
  lastState?: State;
};
type Pod = KubernetesObject & {
  spec?: { nodeName?: string };
  status?: {
    phase?: string;
    conditions?: { type: string; status: string; reason?: string; message?: string }[];
    initContainerStatuses?: ContainerStatus[];
    containerStatuses?: ContainerStatus[];
  };
};
type Event = KubernetesObject & {
  message?: string;
  reason?: string;
  count?: number;
  involvedObject?: { kind?: string; name?: string };
  lastTimestamp?: string | null;
  eventTime?: string | null;
};

// More would bury what matters; what is left out is said.
const most = { pods: 8, events: 8, logLines: 3 };

const isReady = ({ status }: Pod): boolean =>
  status?.phase === 'Succeeded' ||
  status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true;

const describeState = ({ waiting, terminated }: State = {}): string[] => {
  if (waiting !== undefined)
    return [['waits', waiting.reason, waiting.message].filter((text) => text).join(': ')];
  if (terminated !== undefined) {
    const { reason = 'ended', exitCode, message } = terminated;
    return [`ended: ${reason}, exit code ${exitCode ?? '?'}${message ? `: ${message.trim()}` : ''}`];
  }
  return [];
};

const describeContainer = async (
  cluster: Cluster,
  pod: Pod,
  container: ContainerStatus,
): Promise<string[]> => {
  const { name, state, lastState, restartCount = 0 } = container;
  const now = describeState(state);
  const before =
    restartCount > 0
      ? [`restarted ${restartCount} times, last time it ${describeState(lastState).join('') || 'ended'}`]
      : [];
  const line = `container ${name}: ${[...(now.length > 0 ? now : ['runs, but is not ready']), ...before].join('; ')}`;
  const ended = state?.terminated !== undefined || restartCount > 0;
  if (!ended) return [line];
  const log = await cluster
    .logs(
      { namespace, name: pod.metadata.name, container: name },
      { tailLines: most.logLines, previous: state?.terminated === undefined },
    )
    .catch(() => '');
  return [
    line,
    ...log
      .split('\n')
      .filter((text) => text !== '')
      .map((text) => `  its log: ${text}`),
  ];
};

const describePod = async (cluster: Cluster, pod: Pod): Promise<string[]> => {
  const { status, spec, metadata } = pod;
  const unscheduled = status?.conditions?.find(
    ({ type, status }) => type === 'PodScheduled' && status === 'False',
  );
  const all = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
  const notReady = all.filter(({ ready, state }) => ready !== true && state?.terminated?.exitCode !== 0);
  const lines = await Promise.all(notReady.map((container) => describeContainer(cluster, pod, container)));
  const why =
    unscheduled === undefined
      ? []
      : [`not scheduled: ${unscheduled.message ?? unscheduled.reason ?? 'no reason given'}`];
  return [
    `${metadata.name} on ${spec?.nodeName ?? 'no node'}: ${status?.phase ?? 'no phase yet'}`,
    ...[...why, ...lines.flat()].map((line) => `  ${line}`),
  ];
};

const timeOf = ({ lastTimestamp, eventTime, metadata }: Event): string =>
  lastTimestamp ?? eventTime ?? metadata.creationTimestamp ?? '';

const describeEvent = ({ involvedObject, reason, message, count = 1 }: Event): string =>
  `${involvedObject?.kind} ${involvedObject?.name}: ${reason}: ${(message ?? '').trim().replaceAll('\n', ' ')}${count > 1 ? ` (${count} times)` : ''}`;

const section = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : [title, ...lines.map((line) => `  ${line}`)];

/**
 * Tells what stands in Longhorn's way: its pods that are not ready, with what their containers last said, and
 * the latest warnings.
 */
export const explainStuck = async (cluster: Cluster): Promise<string> => {
  const [pods, events] = await Promise.all([
    cluster.list<Pod>(resources.pods, { namespace }),
    cluster.list<Event>(resources.events, { namespace, fieldSelector: 'type=Warning' }),
  ]);
  const stuck = pods.items.filter((pod) => !isReady(pod));
  const described = await Promise.all(stuck.slice(0, most.pods).map((pod) => describePod(cluster, pod)));
  const more = stuck.length > most.pods ? [`and ${stuck.length - most.pods} more`] : [];
  const latest = events.items.toSorted((a, b) => timeOf(a).localeCompare(timeOf(b))).slice(-most.events);
  return [
    ...section(`Pods in ${namespace} that are not ready:`, [...described.flat(), ...more]),
    ...section(`The latest warnings in ${namespace}:`, latest.map(describeEvent)),
  ].join('\n');
};
