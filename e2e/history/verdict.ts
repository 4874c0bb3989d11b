import type { KubernetesObject } from '../kube/objects.ts';
import type { TimeOver } from './progress.ts';

/** The result of an expectation. */
export type Verdict = {
  /** `not-provable` is neither passed nor failed: the watch may have missed the deciding events. */
  state: 'met' | 'broken' | 'not-provable' | 'timed-out';
  /** What decided it: one sentence. For a broken history, two lines with the expected and the actual state. */
  reason: string;
  /** When it was decided, in ms since the epoch. */
  at: number;
  /** The time limit that ended it, with the last change. Missing if an entry decided. */
  over?: TimeOver;
  steps: SequenceStep[];
  last: KubernetesObject | undefined;
  /** The probable cause. Missing if none was searched for. */
  cause?: NearestCause | undefined;
  /** The text below the reason: the expected steps, the histories, the last object. */
  details: string;
};

/** Why something may not have happened: a summary of one line, and details. */
export type NearestCause = { line: string; details: readonly string[] };

/** Describes the decision, with the nearest cause. */
export const describeDecision = ({ reason, cause }: Verdict): string =>
  cause === undefined ? reason : `${reason}; nearest cause: ${cause.line}`;

/** Formats a verdict: the decision first, then all details. */
export const explainVerdict = (verdict: Verdict): string => {
  const { cause, details } = verdict;
  const lines = cause === undefined ? [] : [cause.line, ...cause.details].map((line) => `  ${line}`);
  return [
    describeDecision(verdict),
    ...(lines.length === 0 ? [] : [['Nearest cause:', ...lines].join('\n')]),
    ...(details === '' ? [] : [details]),
  ].join('\n\n');
};

/** A step of an expectation, and when it was reached. */
export type SequenceStep = { label: string; reached?: { at: number; resourceVersion: string } };

/** A condition that must never occur, and whether that held. */
export type GuardReport = { label: string; held: 'yes' | 'no' | 'unknown' };

/** An expectation was not met. The message is the full explanation. */
export class ExpectationError extends Error {
  override readonly name = 'ExpectationError';
  readonly verdict: Verdict;

  constructor(verdict: Verdict) {
    super(explainVerdict(verdict));
    this.verdict = verdict;
  }
}

/** Whether an error says that an expectation, or a wait, was not decided in its time. */
export const hasTimedOut = (error: unknown): error is ExpectationError =>
  error instanceof ExpectationError && error.verdict.state === 'timed-out';

/** The result of a wait. Undefined if its time was over. Throws any other error. */
export const unlessTimedOut = <T>(wait: Promise<T>): Promise<T | undefined> =>
  wait.catch((error: unknown) => {
    if (!hasTimedOut(error)) throw error;
    return undefined;
  });

/** The error of a wait whose time is over. Undefined if it was met. Throws any other error. */
export const timeoutOf = (wait: Promise<unknown>): Promise<ExpectationError | undefined> =>
  wait.then(
    () => undefined,
    (error: unknown) => {
      if (hasTimedOut(error)) return error;
      throw error;
    },
  );
