/** Shows long work as it goes: a live list on a terminal, plain lines elsewhere; each step with its time. */
export type Progress = {
  step<T>(title: string, work: (update: (detail: string) => void) => Promise<T>): Promise<T>;
  /** Says something that stays to be read; beside a live list it comes after it. */
  note(text: string): void;
};

/** A cluster that a provider brought up, with a Longhorn (or its stand-in) in it. */
export type RunningCluster = {
  kubeconfig: string;
  context: string;
  provider: string;
  /** Image of the NFS store's pod. */
  storeImage: string;
  /** The folder of a lab: by it the scenarios make its nodes fail. */
  lab?: string;
  /** Lines that tell a reader how to reach a cluster that was kept. */
  reach: string[];
  target: { name: string; version: string };
  /** The clocks (ms) of the Longhorn in it, where they are not Longhorn's own. */
  clocks?: { deletionBackoff: number; resync: number; lockLife: number } | undefined;
  /** What went wrong in the cluster since it came up, that no scenario can tell: a node that died, for one. */
  trouble(): readonly string[];
  /** Aborts, with what happened, when the cluster is lost: no scenario can come to a verdict then. */
  lost: AbortSignal;
  /** Lets the cluster outlive this process; until then it goes down with it, however that ends. */
  keep(): void;
  /** Takes the cluster down and leaves nothing behind. */
  down(): Promise<void>;
};

/**
 * Where a cluster comes from. `up` either resolves or leaves nothing behind, also when `signal` cuts it short;
 * a cluster that is not kept also goes down with this process, however that ends.
 */
export type Provider = {
  name: string;
  up(options: { longhorn: string; signal: AbortSignal; progress: Progress }): Promise<RunningCluster>;
};

/** The machine lacks something: the message is one line with what is missing and the command that mends it. */
export class NotFit extends Error {
  override readonly name = 'NotFit';
}
