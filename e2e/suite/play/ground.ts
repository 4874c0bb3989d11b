import type { Concern } from '../../faults/reach.ts';
import type { Permit } from '../../kube/access.ts';
import type { Cluster } from '../../kube/cluster.ts';
import type { Duration } from '../../kube/duration.ts';
import type { Health } from '../../kube/health.ts';
import type { LonghornClocks } from '../../longhorn/clocks.ts';
import type { Danger } from '../../longhorn/dangers.ts';
import type { Lack } from '../../longhorn/lacks.ts';
import type { SharedThing } from '../../longhorn/shared.ts';
import type { Failure } from '../../report/schema.ts';
import type { Ability } from '../../store/driver.ts';
import type { Keeper } from '../evidence/keeper.ts';
import type { StepReport } from './journal.ts';

/** What the steps of a scenario are made of. `signal` aborts when the scenario's time is up or the run is interrupted. */
export type StepOptions = {
  cluster: Cluster;
  run: string;
  /** Its name. */
  scenario: string;
  /** The folder of the run's results. */
  out: string;
  storeImage: string;
  /** The namespace that all backup stores go into; undefined: each has one of its own. */
  namespace: string | undefined;
  clocks: LonghornClocks | undefined;
  lab: string | undefined;
  /** What the scenario does that others on the cluster could feel; all of it is allowed here. */
  dangers: readonly Danger[];
  /** What it says that it needs; all of it is there. */
  needs: readonly Need[];
  /** What the cluster lacks; nothing that the scenario needs. */
  without: readonly Lack[];
  /** The versions of Longhorn that the scenario holds for. */
  longhorn: string;
  signal: AbortSignal;
  report: StepReport;
  skip: (reason: string) => never;
  /**
   * Waits until no other scenario uses these things, and keeps them until `giveBack`; returns how long that took, in ms.
   * Meanwhile this scenario is not at work: others may do to these things what they like.
   */
  alone: (...things: SharedThing[]) => Promise<number>;
  /** Gives back what it has alone, what it shares and its place, until the clean-up: for who only looks at what is its own. */
  rest: () => Promise<void>;
  /**
   * Gives back what it has alone, what it shares with others, and its place among those at work; the end of the clean-up does so at the latest.
   * Called in the clean-up, when all that is left to remove is its own, and nobody else's business.
   */
  giveBack: () => void;
  /** Where evidence of the scenario is kept. */
  evidence: Keeper;
};

/**
 * How a scenario ends: `conclude` judges what its own steps did not look at, when they have passed; `close` cleans up, whatever happened.
 * `messages` tells what the product under test has said so far; `concern` what an error is about, as far as faults of others can have reached it.
 * `excuse` returns what a failure of its own steps is, where others brought it about.
 */
export type Ending = {
  conclude(): Promise<void>;
  excuse?(error: unknown): Promise<unknown>;
  close(): Promise<void>;
  messages?(): Failure['messages'];
  concern?(error: unknown): Concern;
};

/** Where the steps come from, so that the suite's own tests can play scenarios on steps of their own. */
export type Ground<Steps> = {
  connect: (options: { kubeconfig: string; context?: string; health?: Health; permit: Permit }) => Cluster;
  createSteps: (options: StepOptions) => Promise<Steps & Ending>;
};

/** What not every cluster, or not every kind of backup store, can do. */
export type Need = 'lab' | 'browser' | Lack | Ability;

/**
 * `timeout` (default 10m) is the scenario's own, without clean-up and waiting in line; `seed` names the paragraph it comes from;
 * `needs` is what not every cluster or backup store can do: where one cannot, the scenario is skipped; `alone` is what a step of it asks to have for itself.
 * `dangers` is what it does that others on the cluster could feel: where that is not allowed, it is skipped.
 * `longhorn` is a semver range of the versions that it holds for (default: all); on any other it is skipped.
 */
export type ScenarioOptions = {
  seed?: string;
  tags?: string[];
  timeout?: Duration;
  needs?: readonly Need[];
  alone?: readonly SharedThing[];
  dangers?: readonly Danger[];
  longhorn?: string;
};

export type ScenarioBody<Steps> = (
  context: Omit<Steps, keyof Ending> & { note(text: string): void; skip(reason: string): never },
) => Promise<void>;
