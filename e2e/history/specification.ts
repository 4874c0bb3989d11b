import type { KubernetesObject } from '../kube/objects.ts';
import type { StateStep } from './history.ts';
import type { TimeOver } from './progress.ts';
import type { Timeline } from './timeline.ts';

/** The object of an expectation: its name, its label for readers, and the text for its states. */
export type Subject<T> = { name: string; label: string; describe(object: T): string };

// biome-ignore lint/suspicious/noExplicitAny: the other object may be of any kind.
type Other<T extends KubernetesObject = any> = Subject<T> & { timeline: Timeline<T>; is: StateStep<T> };

/** A state that the subject must never have while another object has the state `is`. */
export type ForbiddenState<T extends KubernetesObject> = { step: StateStep<T>; other: Other };

/** The data of an expectation. */
export type Specification<T extends KubernetesObject> = {
  timeline: Timeline<T>;
  subject: Subject<T>;
  steps: readonly StateStep<T>[];
  allowed: readonly StateStep<T>[];
  /** The only states allowed before the first step. Undefined for the default rule. */
  starts: readonly StateStep<T>[] | undefined;
  nevers: readonly ForbiddenState<T>[];
  /** Only entries after this sequence count, and the state at it. */
  startSequence: number;
};

/** What ended an expectation, before the explanation is added. */
export type Decision = {
  state: 'met' | 'broken' | 'not-provable' | 'timed-out';
  reason: string;
  /** In ms since the epoch. */
  at: number;
  /** The sequence of the deciding entry. Missing if the end of the time decided. */
  until?: number;
  /** The time limit that ended it. Missing if an entry decided. */
  over?: TimeOver;
};
