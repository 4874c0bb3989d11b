import { type Duration, parseDuration } from '../kube/duration.ts';
import type { KubernetesObject } from '../kube/objects.ts';
import { type ExplainedObject, explain, lastOf } from './explanation.ts';
import {
  type AnyFatalState,
  decideFatal,
  toExplained as explainFatal,
  presentStates,
} from './fatal-states.ts';
import { entriesAfter } from './history.ts';
import { presentObserver } from './observer.ts';
import { describeTimeout, type Limit, type StateProbe, type WatchedSubject } from './progress.ts';
import type { Decision } from './specification.ts';
import type { ObjectEntry, Timeline } from './timeline.ts';
import { ExpectationError } from './verdict.ts';
import { describeDisconnected, firstDecision } from './waiting.ts';

/** The options of a simple wait. */
type WaitUntilOptions<T> = {
  /** The awaited state, as a clause: `the volume corral-x is attached`. */
  label: string;
  within: Duration;
  /** With it, each change of the awaited object restarts `within`, up to this limit. */
  atMost?: Duration;
  /** The component that owns the time-out, and why it is so long. */
  owner: string;
  /** Limits it to one object. */
  name?: string;
  /** The text for a state in the explanation. The default is its `status`. */
  describe?: (object: T) => string;
  /** States that end the wait at once, because it cannot succeed any more. */
  fatal?: readonly AnyFatalState[];
  /**
   * A state that leads to the awaited one but is not watched. It is read when the time is over, and a change extends
   * the wait.
   */
  probe?: StateProbe;
};

/**
 * Waits until an object satisfies the predicate, and returns it. An existing object counts. Throws an
 * ExpectationError when the time is over.
 */
export const waitUntil = async <T extends KubernetesObject>(
  timeline: Timeline<T>,
  predicate: (object: T) => boolean,
  options: WaitUntilOptions<T>,
): Promise<T> => {
  const isMeant = (object: T) =>
    (options.name === undefined || object.metadata.name === options.name) && predicate(object);
  const present = timeline.objects().find(isMeant);
  if (present !== undefined) return present;
  const entry = await awaitEntry(
    timeline,
    ({ kind, object }) => kind !== 'deleted' && isMeant(object),
    options,
  );
  return entry.object;
};

/** Waits until an object does not exist. Returns at once if it does not exist now. */
export const waitUntilGone = async <T extends KubernetesObject>(
  timeline: Timeline<T>,
  options: WaitUntilOptions<T> & { name: string },
): Promise<void> => {
  if (timeline.current(options.name) === undefined && timeline.failure === undefined) return;
  await awaitEntry(
    timeline,
    ({ kind, object }) => kind === 'deleted' && object.metadata.name === options.name,
    options,
  );
};

const awaitEntry = async <T extends KubernetesObject>(
  timeline: Timeline<T>,
  isMet: (entry: ObjectEntry<T>) => boolean,
  options: WaitUntilOptions<T>,
): Promise<ObjectEntry<T>> => {
  const { label, owner, fatal = [], probe, atMost } = options;
  const limit: Limit = {
    time: parseDuration(options.within),
    ...(atMost !== undefined && { atMost: parseDuration(atMost) }),
    owner,
  };
  const startSequence = timeline.lastSequence();
  let met: ObjectEntry<T> | undefined;
  const ended = presentObserver()?.expects({
    timeline: timeline as unknown as Timeline,
    name: options.name,
    label,
    steps: [label],
    startSequence,
    limit,
    wanted: 'met',
    present: () => presentOf(timeline, options),
  });
  const decision = await firstDecision({
    timelines: [...new Set([timeline as unknown as Timeline, ...fatal.map((each) => each.timeline)])],
    past: presentStates(fatal),
    limit,
    subjects: subjectsOf(timeline, options),
    probe,
    take: (of, entry) => {
      const isOfIt =
        of === (timeline as unknown as Timeline) && entry.sequence > startSequence && entry.kind !== 'gap';
      if (!isOfIt || !isMet(entry as ObjectEntry<T>)) return decideFatal({ label, fatal }, of, entry);
      met = entry as ObjectEntry<T>;
      return { state: 'met', at: entry.at, reason: label };
    },
    onTimeout: (over) => {
      const why = describeTimeout(over);
      const blind = describeDisconnected([timeline]);
      const isLost =
        blind !== undefined || entriesAfter(timeline, startSequence).some(({ kind }) => kind === 'gap');
      const reason = `${why}${blind === undefined ? '' : `, and ${blind}`}: not seen that ${label}`;
      return { state: isLost ? 'not-provable' : 'timed-out', at: Date.now(), reason, over };
    },
    decided: (how) => ended?.({ ...how, steps: [{ label }] }),
  });
  if (met !== undefined) return met;
  throw new ExpectationError(toVerdict(timeline, decision, startSequence, options));
};

// More objects would hide the relevant one.
const mostObjects = 5;

const toVerdict = <T extends KubernetesObject>(
  timeline: Timeline<T>,
  decision: Decision,
  startSequence: number,
  { label, name, describe = statusOf, fatal = [] }: WaitUntilOptions<T>,
) => {
  const names = name === undefined ? timeline.objects().map(({ metadata }) => metadata.name) : [name];
  const [first = '*', ...others] = names.slice(0, mostObjects);
  const toExplained = (one: string): ExplainedObject => ({
    timeline,
    name: one,
    label: name === undefined ? 'one of these' : 'the object',
    describe,
  });
  const objects: [ExplainedObject, ...ExplainedObject[]] = [
    toExplained(first),
    ...others.map(toExplained),
    ...explainFatal(fatal, timeline as unknown as Timeline),
  ];
  const steps = [{ label }];
  return {
    ...decision,
    steps,
    last: lastOf(objects[0], timeline.lastSequence())?.object,
    details: explain({ decision, startSequence, steps, guards: [], objects }),
  };
};

// Without a name, changes of any object would count. A changed time alone is no progress.
const subjectsOf = <T extends KubernetesObject>(
  timeline: Timeline<T>,
  { name, describe = statusWithoutTimes }: Pick<WaitUntilOptions<T>, 'name' | 'describe'>,
): WatchedSubject[] => (name === undefined ? [] : [{ timeline, name, describe }]);

const presentOf = <T extends KubernetesObject>(
  timeline: Timeline<T>,
  { name, describe = statusOf }: Pick<WaitUntilOptions<T>, 'name' | 'describe'>,
): string | undefined => {
  const object = name === undefined ? undefined : timeline.current(name);
  return object && describe(object);
};

const isTime = (value: unknown): boolean =>
  typeof value === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value);

const statusWithoutTimes = ({ status }: KubernetesObject): string =>
  JSON.stringify(status, (_, value) => (isTime(value) ? undefined : value)) ?? 'without a status';

const statusOf = ({ status }: KubernetesObject): string => JSON.stringify(status) ?? 'without a status';
