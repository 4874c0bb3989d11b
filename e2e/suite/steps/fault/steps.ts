import type { Fault, Injected } from '../../../faults/fault.ts';
import type { Cluster } from '../../../kube/cluster.ts';
import type { RunningStore } from '../../../store/driver.ts';
import type { Context } from '../context.ts';
import { step } from '../step.ts';

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

const fixtureOf = ({ cluster, store, lab }: Context): FaultFixture => ({
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

/** The steps for any fault of e2e/faults. */
export const faultSteps = {
  /** A fault, in force from here to its heal: by `when.released`, or in the cleanup. */
  'given.fault': step({
    sentence: 'Given that {fault}',
    parameters: (make) => ({
      fault: (context: Context) => make(fixtureOf(context)).title,
    }),
    action: (context: Context, make: (fixture: FaultFixture) => Fault) =>
      context.faults.inject(make(fixtureOf(context))),
  }),
  'when.released': step({
    sentence: 'When {fault} no longer',
    parameters: ({ title }) => ({ fault: title }),
    action: (_: Context, fault: Injected) => fault.heal(),
    detail: (told) => told,
  }),
  /** The fault is in force now. */
  'then.inForce': step({
    sentence: 'Then {fault}',
    parameters: ({ title }) => ({ fault: title }),
    action: (_: Context, fault: Injected) => fault.prove(),
    detail: (evidence) => evidence,
  }),
};
