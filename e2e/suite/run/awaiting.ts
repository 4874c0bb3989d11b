import type { ExpectationStart } from '../../history/observer.ts';
import { redactAll } from '../../kube/redact/redact.ts';
import { shorten } from '../../kube/text.ts';
import type { Awaiting, ScenarioEvent } from '../../report/record.ts';
import type { OnExpected } from '../evidence/history/history.ts';

// In ms. Most waits are shorter and are not reported.
const patience = 1000;

/** Reports a wait and the present state, once the wait has taken a while, and then at each change of the state. */
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

// A state may contain a message of kilobytes with many lines. It is printed in one line.
const longestState = 160;

// An error thrown in a watch would look like a broken connection. A description of a state is not worth that.
const presentOf = ({ present }: ExpectationStart): string | null => {
  try {
    const now = present();
    return now === undefined ? null : shorten(now, longestState);
  } catch {
    return null;
  }
};

const toAwaiting = (
  id: number,
  { name, label, steps, limit: { time, atMost, owner } }: ExpectationStart,
  { now, since, begun }: { now: string | null; since: number; begun: number },
): Awaiting => ({
  kind: 'awaits',
  id,
  what: name === undefined || steps.includes(label) ? label : `${label} goes ${steps.join(', ')}`,
  now,
  since: new Date(since).toISOString(),
  // With `atMost`, the time-out starts again at each change.
  limit: atMost === undefined ? time : Math.min(since - begun + time, atMost),
  owner,
});
