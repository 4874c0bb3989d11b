import { AsyncLocalStorage } from 'node:async_hooks';
import type { PodTarget } from '../kube/exec.ts';
import type { Resource } from '../kube/objects.ts';
import type { Limit } from './progress.ts';
import type { Specification } from './specification.ts';
import type { Timeline } from './timeline.ts';
import type { SequenceStep, Verdict } from './verdict.ts';

/** An expectation or wait that starts, as observers receive it. */
export type ExpectationStart = {
  timeline: Timeline;
  /** The object. Undefined for any matching object of the timeline. */
  name: string | undefined;
  /** The description for readers: "the first backup", "the volume v is attached". */
  label: string;
  /** The labels of its steps. */
  steps: readonly string[];
  /** Only entries after this sequence count, and the state at it. */
  startSequence: number;
  limit: Limit;
  /** The intended end. */
  wanted: 'met' | 'timed-out';
  /** Missing for a simple wait, which has only a predicate. */
  // biome-ignore lint/suspicious/noExplicitAny: objects of any kind are expected something of.
  specification?: Specification<any>;
  /** The current state of the object, in a few words. Undefined if it does not exist. */
  present(): string | undefined;
};

/** How the expectation or wait ended. */
export type ExpectationEnd = Pick<Verdict, 'state' | 'reason' | 'at'> & {
  steps: readonly SequenceStep[];
  until?: number;
};

/** Receives events while work observes a cluster. An observer must not throw or otherwise disturb the work. */
export type Observer = {
  /** A watch starts. Its timeline is empty. */
  watches(resource: Resource, timeline: Timeline): void;
  /** An expectation or wait starts. The returned function is called when it is decided. */
  expects(expected: ExpectationStart): (ended: ExpectationEnd) => void;
  /** An awaited object changed, without a decision yet. */
  changed?(): void;
  /** The whole log of a container was read. Each line has its time. */
  reads(pod: PodTarget, log: string): void;
};

const current = new AsyncLocalStorage<Observer>();

/** Runs work with an observer. */
export const whileObserved = <T>(observer: Observer, work: () => T): T => current.run(observer, work);

/** The observer of the current work. */
export const presentObserver = (): Observer | undefined => current.getStore();
