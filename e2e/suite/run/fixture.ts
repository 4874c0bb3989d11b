import type { AffectedObjects } from '../../faults/reach.ts';
import type { StoreFaultName } from '../../faults/store/store-faults.ts';
import type { Permit } from '../../kube/access.ts';
import type { Cluster } from '../../kube/cluster.ts';
import type { Duration } from '../../kube/duration.ts';
import type { Health } from '../../kube/health.ts';
import type { Capability } from '../../longhorn/capabilities.ts';
import type { Disruption } from '../../longhorn/disruptions.ts';
import type { SharedResource } from '../../longhorn/shared.ts';
import type { Failure } from '../../report/schema.ts';
import type { CellName } from '../../store-matrix/cells.ts';
import type { ScenarioDeps } from '../steps/deps.ts';

/** How a scenario ends. */
export type Ending = {
  /** Judges what the steps did not check. Called after the steps have passed. */
  conclude(): Promise<void>;
  /** Returns the error to report for a failure of the steps, which others may have caused. */
  reclassify?(error: unknown): Promise<unknown>;
  /** Closes connections that others could notice, before `close` waits for a lock. */
  disconnect?(): Promise<void>;
  /** Cleans up, whatever happened. `madeStays` keeps what the scenario made, but no fault. */
  close(what?: { madeStays: boolean }): Promise<void>;
  /** The messages of Longhorn so far. */
  messages?(): Failure['messages'];
  /** The objects that an error is about, as far as faults of other scenarios can reach them. */
  affectedObjects?(error: unknown): AffectedObjects;
};

/** How scenarios connect and get their steps. The suite's own tests pass their own fixture. */
export type Fixture<Steps> = {
  connect: (options: { kubeconfig: string; context?: string; health?: Health; permit: Permit }) => Cluster;
  createSteps: (deps: ScenarioDeps) => Promise<Steps & Ending>;
};

/** A capability that some clusters or some kinds of backup store lack. */
export type ScenarioNeed =
  | 'lab'
  | 'upgrade'
  | 'browser'
  | 'mounted-store'
  | 'two-stores'
  | Capability
  | StoreFaultName;

/** The options of a scenario. It is skipped if the run cannot provide its needs, or does not allow its disruptions. */
export type ScenarioOptions = {
  /** The id of the paragraph that it comes from. */
  seed?: string;
  tags?: string[];
  /** For its steps, without cleanup and waits for locks. The default is 40m. */
  timeout?: Duration;
  /** What some clusters or kinds of backup store lack. */
  needs?: readonly ScenarioNeed[];
  /** The things that a step requests exclusive use of. */
  exclusive?: readonly SharedResource[];
  /** What it does that others on the cluster could notice. */
  disruptions?: readonly Disruption[];
  /** A semver range of the versions that it holds for; it is skipped on others. The default is all versions. */
  longhorn?: string;
  /** It runs on every kind of store that has what it needs, also where others run on only one. */
  everyStore?: true;
  /** The cells of the store's matrix that it covers on a whole Longhorn. */
  cells?: readonly CellName[];
  /** The promises in Longhorn's documents that it judges in full, by their ids in fixtures/promises. */
  proves?: readonly string[];
};

/** What decides, before a scenario begins, where it runs and beside which other scenarios. */
export type Declared = Required<Pick<ScenarioOptions, 'needs' | 'exclusive' | 'disruptions' | 'longhorn'>> & {
  /** The kind of store that it runs on. The first kind if missing. */
  store?: string | undefined;
  /** The kind of its second store, if it needs two. */
  otherStore?: string | undefined;
  /** Whether the same scenario also runs on another kind of store, earlier in the list. */
  again?: true;
};

declare module 'vitest' {
  interface TaskMeta {
    /** What a scenario declares, for commands that list scenarios without running them. */
    corralDeclared?: Declared;
  }
}

export type ScenarioBody<Steps> = (
  context: Omit<Steps, keyof Ending> & { note(text: string): void; skip(reason: string): never },
) => Promise<void>;
