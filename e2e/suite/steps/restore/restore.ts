import { ExpectationError, once } from '../../../history/expectation.ts';
import type { Timeline } from '../../../history/timeline.ts';
import { follow } from '../../../history/watch.ts';
import { resources } from '../../../kube/cluster.ts';
import { shorten } from '../../../kube/shorten.ts';
import type { Event } from '../../../longhorn/job-types.ts';
import type { MessageId } from '../../../longhorn/messages/catalogue.ts';
import { classify } from '../../../longhorn/messages/classify.ts';
import { longhornNamespace as namespace } from '../../../longhorn/resources.ts';
import type { Context } from '../context.ts';
import type { BackupHandle } from '../handles.ts';
import { PromiseBroken } from '../judging.ts';
import { askForRestore } from '../volume/restored.ts';

/** A volume that a step has restored from a backup. */
export type RestoreHandle = {
  name: string;
  /** How sentences call it: "the volume restored from the first backup". */
  label: string;
  backup: BackupHandle;
  /** The mark of the timeline of volumes before it was made. */
  from: number;
  /** What Longhorn tells of it. */
  events: Timeline<Event>;
};

/** Has a volume restored from a backup, and returns when Kubernetes has taken the wish. */
export const beginRestore = async (context: Context, backup: BackupHandle): Promise<RestoreHandle> => {
  const { cluster, timelines, living: signal } = context;
  const from = timelines.volumes.mark();
  const name = await askForRestore(context, backup);
  const fieldSelector = `involvedObject.name=${name}`;
  const events = await follow<Event>(cluster, resources.events, { namespace, fieldSelector, signal });
  return { name, label: `the volume restored from ${backup.label}`, backup, from, events };
};

type Told = { text: string; id: MessageId | undefined };

/**
 * What the replicas of a volume whose restore was given up say of it, each once; waits for the first, as its
 * event may come after the state.
 */
export const reasonsOf = async (
  { timeouts, version }: Context,
  { events, label }: RestoreHandle,
): Promise<Told[]> => {
  const isReason = ({ reason }: Event): boolean => reason === 'FailedRestore';
  await once(events, isReason, { label: `an event tells why ${label} failed`, ...timeouts.restoreTold });
  const texts = events
    .objects()
    .filter(isReason)
    .map(({ message = '' }) => message);
  return [...new Set(texts)].map((text) => {
    const found = classify(
      { speaker: 'Volume', field: 'event Warning', state: 'FailedRestore', text },
      version,
    );
    return { text, id: found.class === 'unclassified' ? undefined : found.id };
  });
};

/** What replicas say, in a line each. */
export const describeReasons = (told: readonly Told[]): string =>
  told.map(({ text, id }) => `- ${id ?? 'unclassified'}: "${shorten(text, 700)}"`).join('\n');

/** Plays an expectation on a restore; where the volume is faulted instead, the error says why. */
export const tellingWhy = async (
  context: Context,
  restore: RestoreHandle,
  judge: () => Promise<unknown>,
): Promise<void> => {
  try {
    await judge();
  } catch (error) {
    const { name } = restore;
    const state = context.timelines.volumes.current(name)?.status?.robustness;
    if (!(error instanceof ExpectationError) || error.verdict.state !== 'broken' || state !== 'faulted')
      throw error;
    const told = await reasonsOf(context, restore);
    const says = told.flatMap(({ id }) => id ?? []);
    throw new PromiseBroken(
      `${error.message}\n\nWhat its replicas say:\n${describeReasons(told)}`,
      { of: 'history', kind: 'Volume', name, state, gone: false, says },
      { cause: error },
    );
  }
};
