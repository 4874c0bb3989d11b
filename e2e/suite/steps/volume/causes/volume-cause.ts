import { longhornResources, longhornNamespace as namespace, ofVolume } from '../../../../longhorn/resources.ts';
import type { Instance, Volume, VolumeAttachment } from '../../../../longhorn/types.ts';
import type { Cause } from '../../../../history/nearest-cause.ts';
import type { Context } from '../../context.ts';
import { processErrors, sayingOf } from './process-log.ts';

type Ground = Pick<Context, 'cluster' | 'timelines'>;

/** Why a volume does not come to be attached and healthy: its state, its engine and replicas, their last errors, and what keeps it from being scheduled. */
export const causeOfVolume = async ({ cluster, timelines }: Ground, name: string, signal: AbortSignal): Promise<Cause> => {
  const volume = timelines.volumes.current(name);
  const since = volume?.metadata.creationTimestamp;
  const listed = { namespace, labelSelector: ofVolume(name), signal };
  const [engines, replicas, errors] = await Promise.all([
    quietly(async () => (await cluster.list<Instance>(longhornResources.engines, listed)).items),
    quietly(async () => (await cluster.list<Instance>(longhornResources.replicas, listed)).items),
    quietly(() => processErrors({ cluster, volume: name, since, signal })),
  ]);
  const held = unmet(volume?.status?.conditions);
  const failed = replicas.found.filter(hasFailed);
  const state = volume === undefined ? 'it is not there' : `it is ${describeState(volume)}`;
  const parts = [
    state,
    ...(failed.length > 0 ? [`${failed.length} of ${replicas.found.length} replicas failed`] : []),
    ...held,
    ...errors.found.slice(-1).map(sayingOf),
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
      ...[engines, replicas, errors].flatMap(({ trouble }) => trouble),
    ],
  };
};

type Found<T> = { found: T[]; trouble: string[] };

// What one request does not tell, another may.
const quietly = async <T>(read: () => Promise<T[]>): Promise<Found<T>> => {
  try {
    return { found: await read(), trouble: [] };
  } catch (error) {
    return { found: [], trouble: [`not read: ${(error as Error).message}`] };
  }
};

const describeState = ({ status }: Volume): string => `${status?.state || 'new'}, ${status?.robustness || 'robustness not known'}`;

const hasFailed = ({ spec, status }: Instance): boolean => Boolean(spec?.failedAt) || status?.currentState === 'error';

type Conditions = NonNullable<Volume['status']>['conditions'];

const isScheduling = (type: string): boolean => ['scheduled', 'toomanysnapshots'].includes(type.toLowerCase());

/** What the conditions of a volume say that it lacks. */
const unmet = (conditions: Conditions): string[] =>
  (conditions ?? []).flatMap(({ type, status, reason, message }) =>
    isScheduling(type) && status === (type.toLowerCase() === 'scheduled' ? 'False' : 'True')
      ? `${type} is ${status}: ${[reason, message].filter(Boolean).join(': ')}`
      : [],
  );

const describeInstance = (what: string, { metadata, spec, status }: Instance): string => {
  const bad = (status?.conditions ?? [])
    .filter(({ message }) => message)
    .map(({ type, status: is, message }) => `${type} ${is}: ${message}`);
  const failed = spec?.failedAt ? [`failed at ${spec.failedAt}`] : [];
  const wanted = `${status?.currentState || 'no state'} (wanted: ${spec?.desireState || 'nothing'})`;
  return [`${what} ${metadata.name} on ${spec?.nodeID || 'no node'}: ${wanted}`, ...failed, ...bad].join(', ');
};

const ticketsOf = (attachment: VolumeAttachment | undefined): string[] =>
  Object.entries(attachment?.status?.attachmentTicketStatuses ?? {}).map(([id, { satisfied, conditions }]) => {
    const why = (conditions ?? []).find(({ message }) => message)?.message;
    return `ticket ${id}: ${satisfied ? 'satisfied' : 'not satisfied'}${why ? `: ${why}` : ''}`;
  });
