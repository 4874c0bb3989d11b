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
  /** The whole explanation. */
  text: string;
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
    super(verdict.text);
    this.verdict = verdict;
  }
}
