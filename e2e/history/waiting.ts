import { awaitCluster, decisionNote } from '../kube/account.ts';
import { presentObserver } from './observer.ts';
import { type Limit, type Moving, openProgress, type StateProbe, type TimeOver } from './progress.ts';
import type { Decision } from './specification.ts';
import type { Entry, Timeline } from './timeline.ts';

/**
 * What to wait for: the first decision on what has arrived and what arrives, or what the end of the time
 * decides.
 */
export type Waiting = {
  timelines: readonly Timeline[];
  past: readonly { timeline: Timeline; entry: Entry }[];
  take(timeline: Timeline, entry: Entry): Decision | undefined;
  limit: Limit;
  /** What it is about: as long as that changes, its time is not over. */
  moving: readonly Moving[];
  probe?: StateProbe | undefined;
  onTimeout(over: TimeOver): Decision;
  /** Called at once with the decision, before anything else can arrive. */
  decided?(decision: Decision): void;
};

/**
 * Resolves with the first decision; a watch that cannot go on decides at once that nothing is provable any
 * more. Rejects when `take` throws.
 */
export const firstDecision = async ({
  timelines,
  past,
  take,
  limit,
  moving,
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
  // Undone at once, not when the promise is seen to be settled: a new listing brings many entries in one go.
  let isOver = false;
  const finish = (end: () => void) => {
    isOver = true;
    for (const stop of undo.splice(0)) stop();
    end();
  };
  // What throws here would end the process (from the timer) or look like a broken connection (from the
  // watch).
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
    timeline.failure && blinded(timeline, Date.now());
  const began = performance.now();
  const progress = openProgress(limit, moving, began);
  // Set anew only when it fires: changes may come by the hundred.
  const runOut = () => {
    const now = performance.now();
    const left = progress.due() - now;
    // Timers may fire a little before their time.
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
      observer?.moves?.();
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
            observer?.moves?.();
          return decision;
        }),
      ),
    );
    undo.push(timeline.onFailure(() => settle(() => failed(timeline))));
  }
  for (const timeline of timelines) settle(() => failed(timeline));
  return awaitCluster(() => promise);
};

/** Decides that nothing is provable any more, as a watch has ended for good. */
export const blinded = ({ label, failure }: Timeline, at: number): Decision => ({
  state: 'not-provable',
  at,
  reason: `the watch of ${label} cannot go on: ${failure?.message}`,
});

/** What to say of a time that is over while a watch has no connection: what it did not see may have been. */
export const cutOff = (timelines: readonly Timeline[]): string | undefined => {
  const blind = timelines.find((timeline) => timeline.cutOff !== undefined);
  return (
    blind &&
    `the watch of ${blind.label} has had no connection since ${new Date(blind.cutOff ?? 0).toISOString()}`
  );
};
