import type { Fault, Injected } from '../../faults/fault.ts';
import type { Cluster, PodTarget } from '../../kube/cluster.ts';
import type { Context } from './context.ts';

/** What a fault can be made of. */
export type FaultGround = {
  cluster: Cluster;
  /** The NFS server of the scenario's store: its pod, and the name of its program. */
  server: { pod: PodTarget; program: string };
  /** The folder of the lab; throws where the cluster is none (a scenario that needs one says so: `needs: ['lab']`). */
  lab(): string;
};

/** The step for any fault of e2e/faults. */
export type GivenOfFaults = {
  /** A fault, in force from here to its heal: by `when.released`, or in the clean-up. */
  fault(make: (ground: FaultGround) => Fault): Promise<Injected>;
};

/** Makes that step. */
export const createGivenOfFaults = (context: Context): GivenOfFaults => ({
  fault: (make) => {
    const { cluster, server, lab } = context;
    const fault = make({
      cluster,
      server: { pod: server.pod, program: 'ganesha.nfsd' },
      lab: () => {
        if (lab === undefined)
          throw new Error("this fault is one of the lab's nodes, and the cluster is no lab: the scenario must say that it needs one");
        return lab;
      },
    });
    return context.step(`Given that ${fault.title}`, () => context.faults.inject(fault));
  },
});
