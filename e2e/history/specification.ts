import type { KubernetesObject } from '../kube/objects.ts';
import type { StateStep } from './history.ts';
import type { TimeOver } from './progress.ts';
import type { Timeline } from './timeline.ts';

/** What an expectation is about: an object, how a reader calls it, and how a state of it is written. */
export type Subject<T> = { name: string; label: string; describe(object: T): string };

// biome-ignore lint/suspicious/noExplicitAny: the other object may be of any kind.
type Other<T extends KubernetesObject = any> = Subject<T> & { timeline: Timeline<T>; is: StateStep<T> };

/** A state that the subject must never show while another object is in a state of its own. */
export type Never<T extends KubernetesObject> = { step: StateStep<T>; other: Other };

/** An expectation as data. */
export type Specification<T extends KubernetesObject> = {
  timeline: Timeline<T>;
  subject: Subject<T>;
  steps: readonly StateStep<T>[];
  allowed: readonly StateStep<T>[];
  /** The only states before the first step; undefined for the default rule. */
  starts: readonly StateStep<T>[] | undefined;
  nevers: readonly Never<T>[];
  mark: number;
};

/** What ended an expectation, before it is explained. */
export type Decision = {
  state: 'met' | 'broken' | 'not-provable' | 'timed-out';
  reason: string;
  /** In ms since the epoch. */
  at: number;
  /** The sequence of the entry that decided it; without one, it was decided by the end of the time. */
  until?: number;
  /** The time that ended it, where that did. */
  over?: TimeOver;
};
