import { awaitCluster, decisionNote } from '../kube/time-account.ts';
import { presentObserver } from './observer.ts';
import { type Limit, openProgress, type StateProbe, type TimeOver, type WatchedSubject } from './progress.ts';
import type { Decision } from './specification.ts';
import type { Entry, Timeline } from './timeline.ts';

/** A wait for the first decision. Past entries, new entries or the end of the time can decide. */
type Waiting = {
  timelines: readonly Timeline[];
  past: readonly { timeline: Timeline; entry: Entry }[];
  take(timeline: Timeline, entry: Entry): Decision | undefined;
  limit: Limit;
  /** The objects of the wait. A change of one extends the time. */
  subjects: readonly WatchedSubject[];
  probe?: StateProbe | undefined;
  onTimeout(over: TimeOver): Decision;
  /** Called synchronously with the decision, before another entry can arrive. */
  decided?(decision: Decision): void;
};

/**
 * Resolves with the first decision. If a watch has ended permanently, the decision is `not-provable`. Rejects if
 * `take` throws.
 */
export const firstDecision = async ({
  timelines,
  past,
  take,
  limit,
  subjects,
  probe,
  onTimeout,
  decided,
}: Waiting): Promise<Decision> => {
  for (const { timeline, entry } of past) {
    const decision = take(timeline, entry);
    if (decision !== undefined) {
      decided?.(decision);
      return decision;
    }
  }
  const { promise, resolve, reject } = Promise.withResolvers<Decision>();
  const undo: (() => void)[] = [];
  const observer = presentObserver();
  const noteDecision = decisionNote();
  // Removes the listeners synchronously, because a listing adds many entries before a promise callback could run.
  let isOver = false;
  const finish = (end: () => void) => {
    isOver = true;
    for (const stop of undo.splice(0)) stop();
    end();
  };
  // An error thrown here would end the process (from the timer) or look like a broken connection (from the watch).
  const settle = (decide: () => Decision | undefined) => {
    try {
      const decision = decide();
      if (decision === undefined) return;
      finish(() => resolve(decision));
      decided?.(decision);
    } catch (error) {
      finish(() => reject(error));
    }
  };
  const failed = (timeline: Timeline): Decision | undefined =>
    timeline.failure && watchFailed(timeline, Date.now());
  const began = performance.now();
  const progress = openProgress(limit, subjects, began);
  // The timer is set again only when it fires, because there may be hundreds of changes.
  const runOut = () => {
    const now = performance.now();
    const left = progress.due() - now;
    // A timer may fire slightly early.
    if (limit.atMost !== undefined && left > 1) timer = setTimeout(runOut, left);
    else if (probe === undefined || limit.atMost === undefined || now - began >= limit.atMost) timeOut();
    else void runProbe(probe);
  };
  const timeOut = () => settle(() => onTimeout(progress.over(performance.now())));
  const runProbe = async ({ name, state }: StateProbe) => {
    const seen = await state().catch(() => undefined);
    if (isOver) return;
    if (seen === undefined || !progress.probed(name, seen, performance.now())) timeOut();
    else {
      observer?.changed?.();
      runOut();
    }
  };
  let timer = setTimeout(runOut, limit.time);
  undo.push(() => clearTimeout(timer));
  for (const timeline of timelines) {
    undo.push(
      timeline.onEntry((entry) =>
        settle(() => {
          const decision = take(timeline, entry);
          if (decision !== undefined && entry.kind !== 'gap') noteDecision(entry.object);
          if (decision === undefined && progress.take(timeline, entry, performance.now()))
            observer?.changed?.();
          return decision;
        }),
      ),
    );
    undo.push(timeline.onFailure(() => settle(() => failed(timeline))));
  }
  for (const timeline of timelines) settle(() => failed(timeline));
  return awaitCluster(() => promise);
};

/** The decision `not-provable` for a watch that has ended permanently. */
export const watchFailed = ({ label, failure }: Timeline, at: number): Decision => ({
  state: 'not-provable',
  at,
  reason: `the watch of ${label} cannot go on: ${failure?.message}`,
});

/**
 * Text for a wait that ends while a watch has no connection, because the watch may have missed the state. Undefined
 * if all are connected.
 */
export const describeDisconnected = (timelines: readonly Timeline[]): string | undefined => {
  const blind = timelines.find((timeline) => timeline.disconnectedSince !== undefined);
  return (
    blind &&
    `the watch of ${blind.label} has had no connection since ${new Date(blind.disconnectedSince ?? 0).toISOString()}`
  );
};
