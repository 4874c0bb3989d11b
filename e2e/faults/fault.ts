import type { Cluster } from '../kube/cluster.ts';
import type { Disruption } from '../longhorn/disruptions.ts';

/**
 * Which objects of other scenarios a fault can affect. A fault with reach `none` affects only the store or the volume
 * of its own scenario.
 */
export type Reach = 'none' | 'volumes that start' | 'what its manager owns meanwhile' | 'everything';

/** The text about a kind of fault in docs/faults.md. The keys are the labels in that document. */
export type FaultDocument = {
  about: string;
  inject?: string;
  prove?: string;
  heal?: string;
  /** How the fault is applied again after it was released for a while. Only for faults that can be. */
  'held again'?: string;
  /** What ends the fault if no process is left to heal it. */
  bound: string;
  /** Which others on the cluster can notice the fault, and what remains after the heal. */
  otherUsers: string;
  'in scenarios'?: string;
};

/** A kind of fault, without the function that creates one (`on`). */
export type FaultKind = {
  /** The name of its step, of the need that scenarios declare, and of its file. */
  name: string;
  /** The name in ledgers. It never changes, because a process of another version may have to heal the fault. */
  ledgerName: string;
  /** What others on the cluster can notice. Undefined if the fault affects only the scenario's own store. */
  disruption?: Disruption;
  reach: Reach;
  /** The heal undoes nothing. It waits until Longhorn has dealt with the fault. */
  onlyWaits?: true;
  /** What a backup store must offer for this fault, as text after "needs". Only for faults of a backup store. */
  needs?: string;
  /** Undoes the fault from `data` alone. It can be called twice. Returns what it did. */
  heal(cluster: Cluster, data: unknown): Promise<string>;
  /**
   * Undoes all faults of this kind of a run, found by the run's id. Returns one line for each. Kinds that end by
   * themselves do not have it. `namespace` is set if all stores of the run share one namespace.
   */
  healByLabels?(cluster: Cluster, run: string, namespace?: string): Promise<string[]>;
  document: FaultDocument;
};

/** A fault on one target. `data` is JSON, and is all that the heal needs. */
export type FaultOperations<Handle extends object = object> = {
  data: object;
  inject(): Promise<void>;
  /** Returns a sentence of evidence that the fault is in force. Throws if it is not. */
  prove(): Promise<string>;
  /**
   * Returns a sentence if the fault has ended by its own time limit; undefined while it is in force. Missing if the
   * fault has no such limit.
   */
  expired?(): string | undefined;
  /** Called after the heal. Ends what this process started for the fault. */
  settle?(): Promise<void>;
  /** Further operations on the fault while it is in force. */
  handle?: Handle;
};

/**
 * A deliberate disturbance of the cluster. `title` is a clause for readers, such as "the deletion of backup b is held
 * open".
 */
export type Fault<Handle extends object = object> = FaultOperations<Handle> & {
  kind: FaultKind;
  title: string;
};

/** A fault in force. */
export type InjectedFault = { title: string; prove(): Promise<string>; heal(): Promise<string> };

/** The faults of one scenario. */
export type Faults = {
  inject<Handle extends object>(fault: Fault<Handle>): Promise<InjectedFault & Handle>;
  /** One sentence for each fault that has ended by its own time limit before it was healed. */
  expired(): string[];
  /**
   * Heals all faults that are in force, the latest first. Continues after an error, and throws at the end if there
   * was one.
   */
  healAll(): Promise<void>;
};

/** A step in the life of a fault. `detail` is more about it, such as the proof that the fault is in force. */
export type FaultEvent = {
  /** The id of its ledger entry. */
  id: string;
  /** The `ledgerName` of its kind. */
  name: string;
  title: string;
  phase: 'entered' | 'injected' | 'proved' | 'healed' | 'failed';
  detail: string;
};
