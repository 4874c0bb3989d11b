import type { Cause } from '../../../history/nearest-cause.ts';
import { describePod, type Pod } from '../../../history/pod-states.ts';
import type { Timeline } from '../../../history/timeline.ts';
import { type Cluster, type KubernetesObject, resources } from '../../../kube/cluster.ts';

type Event = KubernetesObject & { type?: string; reason?: string; message?: string; involvedObject?: { kind?: string; name?: string } };

type Ground = { pods: Timeline<Pod>; namespace: string; signal: AbortSignal };

/** Why the pods of a timeline do not come: their containers, their conditions, and the warnings of their namespace. */
export const causeOfPods = async (cluster: Cluster, { pods, namespace, signal }: Ground): Promise<Cause> => {
  const { items } = await cluster.list<Event>(resources.events, { namespace, signal });
  const warnings = items.filter(({ type }) => type === 'Warning').map(describeEvent);
  const [pod] = pods.objects();
  if (pod === undefined) return { line: `there is no pod${warnings.length > 0 ? `: ${warnings.at(-1)}` : ''}`, details: warnings };
  const held = (pod.status?.conditions ?? []).filter(({ status }) => status === 'False');
  const conditions = held.map(({ type, reason, message }) => `${type} is False: ${[reason, message].filter(Boolean).join(': ')}`);
  const waits = describePod(pod);
  // A pod without a node has no containers to tell of.
  const scheduling = held.find(({ type }) => type === 'PodScheduled');
  const line = scheduling === undefined ? waits : `it is not scheduled: ${scheduling.message ?? scheduling.reason ?? ''}`;
  return {
    line: `pod ${pod.metadata.name}: ${line}`,
    details: [`on ${pod.spec?.nodeName ?? 'no node'}, ${waits}`, ...conditions, ...warnings],
  };
};

const describeEvent = ({ reason, message, involvedObject }: Event): string =>
  `${reason ?? ''}, ${involvedObject?.kind ?? ''} ${involvedObject?.name ?? ''}: ${message ?? ''}`;
