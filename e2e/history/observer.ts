import { AsyncLocalStorage } from 'node:async_hooks';
import type { PodTarget } from '../kube/exec.ts';
import type { Resource } from '../kube/objects.ts';
import type { Limit } from './progress.ts';
import type { Specification } from './specification.ts';
import type { Timeline } from './timeline.ts';
import type { SequenceStep, Verdict } from './verdict.ts';

/** Something that is expected of a cluster from now on, as an observer gets it. */
export type Expected = {
  timeline: Timeline;
  /** The object; undefined for any of the timeline that fits. */
  name: string | undefined;
  /** How a reader calls what is waited for: "the first backup", "the volume v is attached". */
  label: string;
  /** The labels of its steps. */
  steps: readonly string[];
  /** What arrived later counts, and the state in force at it. */
  mark: number;
  limit: Limit;
  /** How it is meant to end. */
  wanted: 'met' | 'timed-out';
  /** Missing for a simple wait, which only its own code can judge. */
  // biome-ignore lint/suspicious/noExplicitAny: objects of any kind are expected something of.
  specification?: Specification<any>;
  /** What the object is like now, in a few words; undefined for one that is not there. */
  present(): string | undefined;
};

/** How that ended. */
export type Ended = Pick<Verdict, 'state' | 'reason' | 'at'> & {
  steps: readonly SequenceStep[];
  until?: number;
};

/**
 * Who looks on while a piece of work observes a cluster. Nothing that it does may disturb the work: it does
 * not throw.
 */
export type Observer = {
  /** A watch begins, with nothing in its timeline yet. */
  watches(resource: Resource, timeline: Timeline): void;
  /** Something is expected from now on; what it returns is called when that is decided. */
  expects(expected: Expected): (ended: Ended) => void;
  /** Something changed that is waited for, and it is not decided yet. */
  moves?(): void;
  /** The whole log of a container was read, each line with its time. */
  reads(pod: PodTarget, log: string): void;
};

const current = new AsyncLocalStorage<Observer>();

/** Does work that somebody looks on at. */
export const whileObserved = <T>(observer: Observer, work: () => T): T => current.run(observer, work);

/** Who looks on at the present piece of work. */
export const presentObserver = (): Observer | undefined => current.getStore();
