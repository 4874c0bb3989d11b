import { type Cluster, resources } from '../../e2e/kube/cluster.ts';
import { isConditionTrue } from '../../e2e/kube/objects.ts';
import type { ContainerState, ContainerStatus, Pod } from '../../e2e/kube/pods.ts';
import { type Event, timeOfEvent } from '../../e2e/longhorn/job-types.ts';
import { longhornNamespace as namespace } from '../../e2e/longhorn/resources.ts';
import type { InstallationWatches } from './watches.ts';

// Limits, so that important lines stay visible. Omitted pods are counted in the text.
const most = { pods: 8, events: 8, logLines: 3 };

const conditionOf = (pod: Pod | undefined, type: string) =>
  pod?.status?.conditions?.find((condition) => condition.type === type);

/** Whether the pod is Ready. */
export const isPodReady = (pod: Pod | undefined): boolean =>
  pod !== undefined && isConditionTrue(pod, 'Ready');

const containersOf = ({ status }: Pod): ContainerStatus[] => [
  ...(status?.initContainerStatuses ?? []),
  ...(status?.containerStatuses ?? []),
];

const imageReasons = new Set(['ErrImagePull', 'ImagePullBackOff', 'ErrImageNeverPull', 'InvalidImageName']);

/**
 * Describes the first pod that waits for an image. The wait never ends, because images are not pulled from a registry.
 */
export const describeMissingImage = (watches: InstallationWatches): string | undefined => {
  for (const pod of watches.objects<Pod>('pods')) {
    const waiting = containersOf(pod).find(({ state }) => imageReasons.has(state?.waiting?.reason ?? ''));
    if (waiting !== undefined)
      return `pod ${pod.metadata.name} waits for the image ${waiting.image}, which the nodes do not have`;
  }
  return undefined;
};

const describeState = ({ waiting, terminated }: ContainerState = {}): string | undefined => {
  if (waiting !== undefined)
    return ['waits', waiting.reason, waiting.message].filter((text) => text).join(': ');
  if (terminated === undefined) return undefined;
  const { reason = 'ended', exitCode, message } = terminated;
  return `ended: ${reason}, exit code ${exitCode ?? '?'}${message ? `: ${message.trim()}` : ''}`;
};

const describeContainer = async (
  cluster: Cluster,
  pod: string,
  { name, state, lastState, restartCount = 0 }: ContainerStatus,
): Promise<string[]> => {
  const now = describeState(state) ?? 'runs, but is not ready';
  const line = `container ${name}: ${now}`;
  if (restartCount === 0 && state?.terminated === undefined) return [line];
  const before = `restarted ${restartCount} times, last time it ${describeState(lastState) ?? 'ended'}`;
  const log = await cluster
    .logs(
      { namespace, name: pod, container: name },
      { tailLines: most.logLines, previous: state?.terminated === undefined },
    )
    .catch(() => '');
  const logged = log.split('\n').filter((text) => text !== '');
  return [restartCount > 0 ? `${line}; ${before}` : line, ...logged.map((text) => `  its log: ${text}`)];
};

const describePod = async (cluster: Cluster, pod: Pod): Promise<string[]> => {
  const { status, spec, metadata } = pod;
  const scheduled = conditionOf(pod, 'PodScheduled');
  const notReady = containersOf(pod).filter(
    ({ ready, state }) => ready !== true && state?.terminated?.exitCode !== 0,
  );
  const lines = await Promise.all(
    notReady.map((container) => describeContainer(cluster, metadata.name, container)),
  );
  return [
    `${metadata.name} on ${spec?.nodeName ?? 'no node'}: ${status?.phase ?? 'no phase yet'}`,
    ...(scheduled?.status === 'False' ? [`  not scheduled: ${scheduled.message ?? scheduled.reason}`] : []),
    ...lines.flat().map((line) => `  ${line}`),
  ];
};

const describeEvent = ({ involvedObject, reason, message, count = 1 }: Event): string =>
  `${involvedObject?.kind} ${involvedObject?.name}: ${reason}: ${(message ?? '').trim().replaceAll('\n', ' ')}${count > 1 ? ` (${count} times)` : ''}`;

const section = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : [title, ...lines.map((line) => `  ${line}`)];

/**
 * Describes why Longhorn does not become ready: its pods that are not ready, the last output of their
 * containers, and the latest warnings.
 */
export const explainStuck = async (cluster: Cluster): Promise<string> => {
  const [pods, events] = await Promise.all([
    cluster.list<Pod>(resources.pods, { namespace }),
    cluster.list<Event>(resources.events, { namespace, fieldSelector: 'type=Warning' }),
  ]);
  const stuck = pods.items.filter((pod) => pod.status?.phase !== 'Succeeded' && !isPodReady(pod));
  const described = await Promise.all(stuck.slice(0, most.pods).map((pod) => describePod(cluster, pod)));
  const more = stuck.length > most.pods ? [`and ${stuck.length - most.pods} more`] : [];
  const latest = events.items
    .toSorted((a, b) => timeOfEvent(a).localeCompare(timeOfEvent(b)))
    .slice(-most.events);
  return [
    ...section(`Pods in ${namespace} that are not ready:`, [...described.flat(), ...more]),
    ...section(`The latest warnings in ${namespace}:`, latest.map(describeEvent)),
  ].join('\n');
};
