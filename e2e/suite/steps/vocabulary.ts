import type { Fault, Injected } from '../../faults/fault.ts';
import type { Cluster } from '../../kube/cluster.ts';
import { formatDuration } from '../../kube/duration.ts';
import { type BugId, hasBug } from '../../longhorn/bugs/bugs.ts';
import { type SharedThing, sharedThings } from '../../longhorn/shared.ts';
import type { RunningStore } from '../../store/driver.ts';
import { createGivenOfBackups, createThenOfBackups, createWhenOfBackups } from './backup/steps.ts';
import { createThenOfBugs } from './bugs/steps.ts';
import { createThenOfManagers } from './conclude/conclude.ts';
import type { ScenarioNamed } from './conclude/managers.ts';
import type { Context } from './context.ts';
import { createGivenOfDeletions, createThenOfDeletions, createWhenOfDeletions } from './deletion/steps.ts';
import { createGivenOfJobs, createThenOfJobs, createWhenOfJobs } from './job/steps.ts';
import { createGivenOfLocks, createThenOfLocks, createWhenOfLocks } from './lock/steps.ts';
import { createGivenOfStores, createThenOfStores, createWhenOfStores } from './store/steps.ts';
import { createGivenOfPages, createThenOfPages, createWhenOfPages } from './ui/steps.ts';
import { createGivenOfVolumes, createThenOfVolumes, createWhenOfVolumes } from './volume/steps.ts';

/** The step by which a scenario gets for itself what it declares to need alone. */
export const createGivenExclusive = (context: Context) => ({
  /**
   * All of them at once, until nothing of it is left in Longhorn; what was set up before was set up beside
   * other scenarios.
   */
  exclusive: (...things: SharedThing[]) =>
    context.step(
      `Given that nobody else uses ${things.map((thing) => sharedThings[thing]).join(' and ')}`,
      async () => {
        const waited = await context.haveExclusive(...things);
        for (const thing of things) context.exclusive.add(thing);
        return waited;
      },
      (waited) => `waited ${formatDuration(waited)}`,
    ),
});

const createGivenExclusiveBefore = (context: Context) => ({
  /** As `exclusive` where this Longhorn has a bug by which others would be hurt; where it has not, nothing. */
  exclusiveBefore: async (bug: BugId, ...things: SharedThing[]): Promise<void> => {
    if (hasBug(bug, context.version)) await createGivenExclusive(context).exclusive(...things);
  },
});

/** The step by which it gives that back. */
export const createWhenGivenBack = (context: Context) => ({
  /**
   * What the scenario had alone is everybody's again, and so is all that it shared: what follows, up to its
   * cleanup, looks at its own store only.
   */
  givenBack: () =>
    context.step(
      `When others may use ${[...context.exclusive].map((thing) => sharedThings[thing]).join(' and ')} again`,
      () => context.rest(),
    ),
});

/** What a fault can be made of. */
export type FaultFixture = {
  cluster: Cluster;
  /** The scenario's own. */
  store: RunningStore;
  /**
   * The folder of the lab; throws where the cluster is none (a scenario that needs one says so: `needs:
   * ['lab']`).
   */
  lab(): string;
};

/** The step for any fault of e2e/faults. */
const createGivenOfFaults = (context: Context) => ({
  /** A fault, in force from here to its heal: by `when.released`, or in the cleanup. */
  fault: (make: (fixture: FaultFixture) => Fault) => {
    const { cluster, store, lab } = context;
    const fault = make({
      cluster,
      store,
      lab: () => {
        if (lab === undefined)
          throw new Error(
            "this fault is one of the lab's nodes, and the cluster is no lab: the scenario must say that it needs one",
          );
        return lab;
      },
    });
    return context.step.returning(`Given that ${fault.title}`, () => context.faults.inject(fault));
  },
});

/** The steps that set a scene. */
export const createGiven = (context: Context) => ({
  ...createGivenExclusive(context),
  ...createGivenExclusiveBefore(context),
  ...createGivenOfFaults(context),
  ...createGivenOfVolumes(context),
  ...createGivenOfBackups(context),
  ...createGivenOfDeletions(context),
  ...createGivenOfLocks(context),
  ...createGivenOfStores(context),
  ...createGivenOfJobs(context),
  ...createGivenOfPages(context),
});

/** The steps that act. What comes of it is for the `then` steps. */
export const createWhen = (context: Context) => ({
  ...createWhenGivenBack(context),
  ...createWhenOfVolumes(context),
  ...createWhenOfBackups(context),
  ...createWhenOfDeletions(context),
  ...createWhenOfLocks(context),
  ...createWhenOfStores(context),
  ...createWhenOfJobs(context),
  ...createWhenOfPages(context),
  released: (fault: Injected) =>
    context.step(
      `When ${fault.title} no longer`,
      () => fault.heal(),
      (told) => told,
    ),
});

/** The steps that judge. */
export const createThen = (context: Context, scenarioNamed: ScenarioNamed) => ({
  ...createThenOfVolumes(context),
  ...createThenOfBackups(context),
  ...createThenOfDeletions(context),
  ...createThenOfLocks(context),
  ...createThenOfStores(context),
  ...createThenOfJobs(context),
  ...createThenOfPages(context),
  ...createThenOfManagers(context, scenarioNamed),
  ...createThenOfBugs(context),
  /** The fault is in force now. */
  inForce: (fault: Injected) =>
    context.step(
      `Then ${fault.title}`,
      () => fault.prove(),
      (evidence) => evidence,
    ),
});

/** The words of a scenario, by what they are for. */
export type Given = ReturnType<typeof createGiven>;
export type When = ReturnType<typeof createWhen>;
export type Then = ReturnType<typeof createThen>;
