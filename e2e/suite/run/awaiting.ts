import type { Expected } from '../../history/observer.ts';
import { redactAll } from '../../kube/redact/redact.ts';
import { shorten } from '../../kube/shorten.ts';
import type { Awaiting, ScenarioEvent } from '../../report/record.ts';
import type { OnExpected } from '../evidence/history/history.ts';

// Most of what is waited for comes sooner, and need not be reported.
const patience = 1000;

/** Reports what is waited for and what stands instead, once that has taken a while, and whenever it changes. */
export const reportAwaited =
  (send: (event: ScenarioEvent) => void): OnExpected =>
  (id, expected) => {
    const { timeline } = expected;
    const begun = Date.now();
    let present = { now: presentOf(expected), since: begun };
    let isReported = false;
    const report = () => {
      isReported = true;
      send(redactAll(toAwaiting(id, expected, { ...present, begun })));
    };
    const update = () => {
      const now = presentOf(expected);
      if (now === present.now) return;
      present = { now, since: Date.now() };
      if (isReported) report();
    };
    const stop = timeline.onEntry(update);
    const timer = setTimeout(report, patience);
    return ({ state }) => {
      stop();
      clearTimeout(timer);
      if (isReported) send({ kind: 'awaited', id, state });
    };
  };

// A state may hold a message of kilobytes and many lines: it is printed in one, among others.
const longestState = 160;

// What throws in a watch looks like a broken connection: no words for a state are worth that.
const presentOf = ({ present }: Expected): string | null => {
  try {
    const now = present();
    return now === undefined ? null : shorten(now, longestState);
  } catch {
    return null;
  }
};

const toAwaiting = (
  id: number,
  { name, label, steps, limit: { time, atMost, owner } }: Expected,
  { now, since, begun }: { now: string | null; since: number; begun: number },
): Awaiting => ({
  kind: 'awaits',
  id,
  what: name === undefined || steps.includes(label) ? label : `${label} goes ${steps.join(', ')}`,
  now,
  since: new Date(since).toISOString(),
  // Where it has a bound, the time begins anew with each change.
  limit: atMost === undefined ? time : Math.min(since - begun + time, atMost),
  owner,
});
