import { type Evaluator, openEvaluator, watchedSubjectsOf } from '../../../history/evaluator.ts';
import type { Verdict } from '../../../history/expectation.ts';
import { describeTimeout, openProgress, type WaitProgress } from '../../../history/progress.ts';
import type { RecordedEvent, Recording } from '../../../history/recording.ts';
import type { KubernetesObject } from '../../../kube/objects.ts';
import { type ExpectationMarker, markerSchema } from '../history/markers.ts';
import { readRule } from '../history/rule.ts';
import { openReplayTimelines } from './stage.ts';

/** An expectation in a history: the recorded result, and the result of judging it again. */
export type JudgedExpectation = {
  set: ExpectationMarker;
  /** The recorded result. Undefined if the history ends earlier. */
  recorded: ExpectationMarker | undefined;
  /** The new result. Undefined if the expectation was not judged again; `why` gives the reason. */
  now: Verdict | undefined;
  why?: string;
  /** The known bug that was recorded as the cause of the result. */
  knownBug?: string;
};

/** Describes the state of an object briefly. */
type Describe = (resource: string, object: KubernetesObject) => string;

// An expectation that is not decided yet. Times of `progress` are in ms since the start of the history.
type Open = { judged: JudgedExpectation; evaluator: Evaluator; progress: WaitProgress };

/**
 * Replays a history line by line and judges each expectation again, with the same code and with the same events
 * before it. The times of the lines are the clock: an expectation without a decision at its deadline has timed out.
 */
export const judgeAgain = ({ header, lines }: Recording, describe: Describe): JudgedExpectation[] => {
  const stage = openReplayTimelines(Date.parse(String(header.startedAt ?? '')) || 0);
  const all = new Map<number, JudgedExpectation>();
  const open = new Set<Open>();

  const close = (each: Open, verdict: Verdict | undefined): void => {
    if (verdict === undefined) return;
    each.judged.now = verdict;
    open.delete(each);
  };
  const timeOut = (each: Open, at: number): void => {
    const over = each.progress.over(at * 1000);
    close(each, { ...each.evaluator.end(describeTimeout(over), stage.start + at * 1000), over });
  };
  const begin = (set: ExpectationMarker, at: number): void => {
    const judged: JudgedExpectation = { set, recorded: undefined, now: undefined };
    all.set(set.id, judged);
    const specification = set.rule && readRule(set.rule, { ...stage, describe });
    if (specification === undefined) {
      judged.why = set.rule === undefined ? 'a simple wait' : 'this version does not know one of its states';
      return;
    }
    const { limit, atMost, owner } = set;
    const waited = { time: limit * 1000, ...(atMost !== undefined && { atMost: atMost * 1000 }), owner };
    const progress = openProgress(waited, watchedSubjectsOf(specification), at * 1000);
    const each = { judged, evaluator: openEvaluator(specification), progress };
    open.add(each);
    close(each, each.evaluator.past());
  };
  const decided = (end: ExpectationMarker, at: number): void => {
    const judged = all.get(end.id);
    if (judged === undefined) return;
    judged.recorded = end;
    const each = [...open].find((one) => one.judged === judged);
    if (each !== undefined && end.by === undefined)
      stage.whileDisconnected(end.cutOff ?? [], () => timeOut(each, at));
  };
  const arrive = (event: RecordedEvent): void => {
    // The timer of the run may have fired late. Until the recorded result, events still counted.
    for (const each of open)
      if (each.judged.recorded !== undefined && event.at > deadlineOf(each)) timeOut(each, deadlineOf(each));
    const timeline = stage.timelineOf(event);
    const entry = stage.push(event);
    for (const each of open)
      if (each.evaluator.timelines.includes(timeline)) {
        close(each, each.evaluator.take(timeline, entry));
        each.progress.take(timeline, entry, event.at * 1000);
      }
  };

  for (const line of lines) {
    if (!('marker' in line)) {
      arrive(line);
      continue;
    }
    const { at, expectation, ended, listing, bug } = markerSchema.parse(line);
    if (listing !== undefined) stage.list(listing);
    if (ended !== undefined) {
      const timeline = stage.fail(ended);
      for (const each of open)
        if (each.evaluator.timelines.includes(timeline))
          close(each, each.evaluator.fail(timeline, stage.start + at * 1000));
    }
    if (bug?.kept === false) {
      const last = [...all.values()].findLast((judged) => endedAsIntended(judged) === false);
      if (last !== undefined) last.knownBug = bug.id;
    }
    if (expectation?.phase === 'set') begin(expectation, at);
    else if (expectation !== undefined) decided(expectation, at);
  }
  const end = lines.at(-1)?.at ?? 0;
  for (const each of open) {
    if (end > deadlineOf(each)) timeOut(each, deadlineOf(each));
    else close(each, each.evaluator.end('the recording ended', stage.start + end * 1000));
  }
  return [...all.values()];
};

// In seconds since the start of the history.
const deadlineOf = ({ progress }: Open): number => progress.due() / 1000;

/** Whether the new result equals the recorded one. Undefined if one of them is missing. */
export const agrees = ({ recorded, now }: JudgedExpectation): boolean | undefined =>
  recorded === undefined || now === undefined ? undefined : recorded.phase === now.state;

/**
 * Whether the recorded result is the intended one, or the effect of a known bug. Undefined if the history ends earlier.
 */
export const endedAsIntended = ({ set, recorded, knownBug }: JudgedExpectation): boolean | undefined =>
  recorded && (knownBug !== undefined || recorded.phase === (set.wanted ?? 'met'));
