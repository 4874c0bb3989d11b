import type { Disruption } from '../longhorn/disruptions.ts';
import type { Ability, Heal, Trouble } from '../store/driver.ts';

/** The name of a kind of fault; what is known of each stands in kinds.ts. */
export type KindName =
  | 'foreign-lock'
  | 'held-deletion'
  | 'immutable-file'
  | 'killed-pod'
  | 'lab'
  | 'stalled-server'
  | 'denied-deletion'
  | 'patched-object'
  | 'read-only-backups'
  | 'denied-reading'
  | 'emptied-file'
  | 'hidden-file'
  | 'filled-store'
  | 'replaced-key'
  | 'kept-versions'
  | 'wrong-answers';

/**
 * Which objects of other scenarios a fault can reach; one of `none` changes only what belongs to the store or
 * the volume of its own.
 */
export type Reach = 'none' | 'volumes that start' | 'what its manager owns meanwhile' | 'everything';

/** What is known of a kind of fault, from what the ledger says of one alone. */
export type FaultKind = Heal & {
  /**
   * What others on the cluster could feel of it; undefined where it stays within the scenario's own store.
   */
  disruption?: Disruption;
  reach: Reach;
  /** What the store must be able to have done to it. */
  ability?: Ability;
};

/**
 * Something done to the cluster on purpose; `title` is as a reader would say it: "the deletion of backup b is
 * held open".
 */
export type Fault = Trouble & { kind: KindName };

/** A fault in force. */
export type Injected = { title: string; prove(): Promise<string>; heal(): Promise<string> };

/** Faults of one scenario; what is in force is healed in reverse order. */
export type Faults = {
  inject(fault: Fault): Promise<Injected>;
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
  name: string;
  /** As a reader would say it. */
  title: string;
  phase: 'entered' | 'injected' | 'proved' | 'healed' | 'failed';
  detail: string;
};
