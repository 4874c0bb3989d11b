import type { AffectedObjects } from '../../../faults/reach.ts';
import type { Timeline } from '../../../history/timeline.ts';
import type { KubernetesObject } from '../../../kube/cluster.ts';
import type { Backup, Snapshot } from '../../../longhorn/types.ts';
import type { Context } from '../context.ts';

type AffectedObjectsOptions = {
  timelines: Pick<Context['timelines'], 'volumes' | 'backups'>;
  made: Pick<Context['made'], 'volumes'>;
};

/**
 * Returns the objects that an error is about, for the search for faults of other scenarios that can have reached
 * them: the object of its verdict and that object's volume.
 */
export const affectedObjectsOf = (
  { timelines: { volumes, backups }, made }: AffectedObjectsOptions,
  error: unknown,
): AffectedObjects => {
  const subject = subjectOf(error);
  const volume = subject && volumeOf(subject);
  const isOfVolume = volume !== undefined && made.volumes.includes(volume);
  // An error without an object may concern every volume of the scenario.
  const concerned = subject === undefined ? made.volumes : isOfVolume ? [volume] : [];
  const seen = statesOf(volumes, ({ metadata }) => concerned.includes(metadata.name));
  const ofBackups = statesOf(backups, (backup) => concerned.includes(volumeOf(backup) ?? ''));
  const births = [...seen.map(({ object }) => object), ...(subject ? [subject] : [])].map(bornAt);
  const nodes = [
    ...seen.flatMap(({ object: { status } }) => [status?.ownerID, status?.currentNodeID]),
    ...ofBackups.map(({ object: { status } }) => status?.ownerID),
  ].filter((node) => node !== undefined && node !== '');
  return {
    since: Math.min(...births.filter((time) => !Number.isNaN(time)), Date.now()),
    starts: concerned.flatMap((name) => startsOf(seen.filter(({ object }) => object.metadata.name === name))),
    nodes: nodes.length === 0 ? undefined : [...new Set(nodes as string[])],
  };
};

// Checked by its fields, because the class may be loaded twice. Causes count too.
const subjectOf = (error: unknown): KubernetesObject | undefined => {
  if (!(error instanceof Error)) return undefined;
  const { last } = (error as { verdict?: { last?: KubernetesObject } }).verdict ?? {};
  return last ?? subjectOf(error.cause);
};

const bornAt = ({ metadata }: KubernetesObject): number => Date.parse(metadata.creationTimestamp ?? '');

/** Returns the volume that an object belongs to; for other objects, their own name. */
const volumeOf = (object: KubernetesObject): string | undefined =>
  object.metadata.labels?.['backup-volume'] ??
  (object as Partial<Backup>).status?.volumeName ??
  (object as Partial<Snapshot>).spec?.volume ??
  object.metadata.name;

const statesOf = <T extends KubernetesObject>({ entries }: Timeline<T>, is: (object: T) => boolean) =>
  entries.flatMap((entry) => (entry.kind !== 'gap' && is(entry.object) ? entry : []));

/**
 * Returns when a volume's processes were started, as time spans in ms. A start that has not ended has no finite `to`.
 */
const startsOf = (
  states: readonly { at: number; object: { status?: { state?: string } } }[],
): { from: number; to: number }[] =>
  states.flatMap(({ at, object }, index) => {
    const isStart = object.status?.state === 'attaching';
    if (!isStart || states[index - 1]?.object.status?.state === 'attaching') return [];
    const end = states.slice(index).find((each) => each.object.status?.state !== 'attaching');
    return { from: at, to: end?.at ?? Number.POSITIVE_INFINITY };
  });
