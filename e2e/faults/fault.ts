import type { Cluster } from '../kube/cluster.ts';
import type { Disruption } from '../longhorn/disruptions.ts';

/**
 * Which objects of other scenarios a fault can reach; one of `none` changes only what belongs to the store or
 * the volume of its own.
 */
export type Reach = 'none' | 'volumes that start' | 'what its manager owns meanwhile' | 'everything';

/** What docs/faults.md says of a kind of fault, in the words that stand in front there. */
export type FaultDocument = {
  about: string;
  inject?: string;
  prove?: string;
  heal?: string;
  /** Of one that can be let go on until it holds again. */
  'held again'?: string;
  /** What ends it when nobody is left to heal it. */
  bound: string;
  /** Who else could feel it, and what of it outlives the heal. */
  strangers: string;
  'in scenarios'?: string;
};

/** A kind of fault: all that is known of it, but for how one is made (`on`). */
export type FaultKind = {
  /** What everybody calls it: its step, what a scenario says that it needs, and its file. */
  name: string;
  /** Its name in ledgers, by which another process heals it, perhaps of another version: it never changes. */
  ledgerName: string;
  /** What others on the cluster could feel of it; undefined where it stays within the scenario's own store. */
  disruption?: Disruption;
  reach: Reach;
  /** Where it is done to a backup store: what that must be, behind "needs". Not every store can be. */
  needs?: string;
  /** Undoes it by nothing but its data; may be called again. Returns what it did. */
  heal(cluster: Cluster, data: unknown): Promise<string>;
  /**
   * Undoes all that a run did by nothing but its id, a line for each; what ends by itself needs none.
   * `namespace` is that of all the run's stores, where each has none of its own.
   */
  healByLabels?(cluster: Cluster, run: string, namespace?: string): Promise<string[]>;
  document: FaultDocument;
};

/** What a fault does; how to undo it is known by `data` (JSON) alone. */
export type Doing<Handle extends object = object> = {
  data: object;
  inject(): Promise<void>;
  /** Evidence, as a sentence, that it is in force now; throws when it is not. */
  prove(): Promise<string>;
  /**
   * Says that it has ended by a bound of its own, though nobody has undone it; undefined while it is in force.
   * Missing where it has no such bound.
   */
  lapsed?(): string | undefined;
  /** Called after it was undone, so that nothing this process started stays behind. */
  settle?(): Promise<void>;
  /** What else can be done with it once it is in force. */
  handle?: Handle;
};

/**
 * Something done to the cluster on purpose; `title` is as a reader would say it: "the deletion of backup b is
 * held open".
 */
export type Fault<Handle extends object = object> = Doing<Handle> & { kind: FaultKind; title: string };

/** A fault in force. */
export type Injected = { title: string; prove(): Promise<string>; heal(): Promise<string> };

/** Faults of one scenario; what is in force is healed in reverse order. */
export type Faults = {
  inject<Handle extends object>(fault: Fault<Handle>): Promise<Injected & Handle>;
  /** Those that have ended by a bound of their own, though nobody has undone them, a sentence each. */
  lapsed(): string[];
  /**
   * Heals all that is still in force, the latest first, whatever fails on the way; throws at the end if
   * something did.
   */
  healAll(): Promise<void>;
};

/** What becomes of a fault: `detail` is what there is to say of it, such as the proof that it is in force. */
export type FaultEvent = {
  /** Of its entry in the ledger. */
  id: string;
  /** The kind's, as the ledger has it. */
  name: string;
  /** As a reader would say it. */
  title: string;
  phase: 'entered' | 'injected' | 'proved' | 'healed' | 'failed';
  detail: string;
};
