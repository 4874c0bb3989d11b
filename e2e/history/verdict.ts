import type { KubernetesObject } from '../kube/objects.ts';
import type { TimeOver } from './progress.ts';

/** How an expectation ended. */
export type Verdict = {
  /** Neither passed nor failed where `not-provable`: the watch cannot vouch for the stretch that decides. */
  state: 'met' | 'broken' | 'not-provable' | 'timed-out';
  /** What decided it: one sentence, or, of a history that was broken, what was expected and what was got. */
  reason: string;
  /** When it was decided, in ms since the epoch. */
  at: number;
  /** The time that ended it, where that did, and what changed last in it. */
  over?: TimeOver;
  steps: SequenceStep[];
  last: KubernetesObject | undefined;
  /** Why it may not have come, where that was looked for. */
  cause?: NearestCause | undefined;
  /** What there is to know below the reason: what was expected, the histories, the last object. */
  details: string;
};

/** Why something may not have come: one line first, then what there is to know besides. */
export type NearestCause = { line: string; details: readonly string[] };

/** Says what decided, with the nearest cause. */
export const describeDecision = ({ reason, cause }: Verdict): string =>
  cause === undefined ? reason : `${reason}; nearest cause: ${cause.line}`;

/** Writes a verdict as a text: what decided it, and below that everything else. */
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

/** Something that must never be, and whether it never was. */
export type GuardReport = { label: string; held: 'yes' | 'no' | 'unknown' };

/** An expectation that was not met; its message is the whole explanation. */
export class ExpectationError extends Error {
  override readonly name = 'ExpectationError';
  readonly verdict: Verdict;

  constructor(verdict: Verdict) {
    super(explainVerdict(verdict));
    this.verdict = verdict;
  }
}
