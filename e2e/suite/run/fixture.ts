import type { AffectedObjects } from '../../faults/reach.ts';
import type { StoreFaultName } from '../../faults/store/store-faults.ts';
import type { Permit } from '../../kube/access.ts';
import type { Cluster } from '../../kube/cluster.ts';
import type { Duration } from '../../kube/duration.ts';
import type { Health } from '../../kube/health.ts';
import type { Capability } from '../../longhorn/capabilities.ts';
import type { Disruption } from '../../longhorn/disruptions.ts';
import type { SharedThing } from '../../longhorn/shared.ts';
import type { Failure } from '../../report/schema.ts';
import type { CellName } from '../../store-matrix/cells.ts';
import type { ScenarioDeps } from '../steps/deps.ts';

/**
 * How a scenario ends: `conclude` judges what its own steps did not look at, when they have passed; `close`
 * cleans up, whatever happened, but for what it made where that is to stay, which its faults never are.
 * `disconnect` ends, before `close` waits in line, the connections that others could feel meanwhile.
 * `messages` returns what the product under test has said so far; `affectedObjects` what an error is about, as far as
 * faults of others can have reached it. `reclassify` returns what a failure of its own steps is, where others
 * brought it about.
 */
export type Ending = {
  conclude(): Promise<void>;
  reclassify?(error: unknown): Promise<unknown>;
  disconnect?(): Promise<void>;
  close(what?: { madeStays: boolean }): Promise<void>;
  messages?(): Failure['messages'];
  affectedObjects?(error: unknown): AffectedObjects;
};

/** Where the steps come from, so that the suite's own tests can run scenarios on steps of their own. */
export type Fixture<Steps> = {
  connect: (options: { kubeconfig: string; context?: string; health?: Health; permit: Permit }) => Cluster;
  createSteps: (deps: ScenarioDeps) => Promise<Steps & Ending>;
};

/** What not every cluster, or not every kind of backup store, can do. */
export type ScenarioNeed = 'lab' | 'browser' | 'mounted-store' | 'two-stores' | Capability | StoreFaultName;

/**
 * `timeout` (default 10m) is the scenario's own, without cleanup and waiting in line; `seed` names the
 * paragraph it comes from; `needs` is what not every cluster or backup store can do: where one cannot, the
 * scenario is skipped; `exclusive` is what a step of it asks to have for itself. `disruptions` is what it does that
 * others on the cluster could feel: where that is not allowed, it is skipped. `longhorn` is a semver range of
 * the versions that it holds for (default: all); on any other it is skipped. `everyStore`: it runs on every
 * kind of store that can do what it needs, also where others are on one alone. `cells`: which cells of the
 * store's matrix it runs, on a whole Longhorn. `proves`: which promises of Longhorn's documents it judges in
 * full, by their ids in fixtures/promises.
 */
export type ScenarioOptions = {
  seed?: string;
  tags?: string[];
  timeout?: Duration;
  needs?: readonly ScenarioNeed[];
  exclusive?: readonly SharedThing[];
  disruptions?: readonly Disruption[];
  longhorn?: string;
  everyStore?: true;
  cells?: readonly CellName[];
  proves?: readonly string[];
};

/** What decides, before a scenario begins, where it is run and beside which others. */
export type Declared = Required<Pick<ScenarioOptions, 'needs' | 'exclusive' | 'disruptions' | 'longhorn'>> & {
  /** The kind of store that it is run on; the first where none is named. */
  store?: string | undefined;
  /** The kind of another store that it can have, where it needs two. */
  otherStore?: string | undefined;
  /** Whether the same scenario is there on another kind of store as well, which comes first. */
  again?: true;
};

declare module 'vitest' {
  interface TaskMeta {
    /** What a scenario declares, for who lists the scenarios before any of them runs. */
    corralDeclared?: Declared;
  }
}

export type ScenarioBody<Steps> = (
  context: Omit<Steps, keyof Ending> & { note(text: string): void; skip(reason: string): never },
) => Promise<void>;
