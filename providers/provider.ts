import type { ClusterConfig, ExistingCluster, Offered } from '../e2e/config/config.ts';

/** Displays the progress of long work, each step with its time: a live list on a terminal, plain lines elsewhere. */
export type ProgressDisplay = {
  step<T>(title: string, work: (update: (detail: string) => void) => Promise<T>): Promise<T>;
  /** Prints a permanent line. With a live list, it comes after the list. */
  note(text: string): void;
};

/**
 * A replacement for a release's image. `image` is the last part of the release's name (`longhorn-manager`).
 * `by` is the other image's name, or the absolute path of an archive with it.
 */
export type Replacement = { image: string; by: string };

/** A running cluster of a provider, with a Longhorn or the emulator in it. */
export type RunningCluster = Omit<ClusterConfig, 'context' | 'target' | 'without'> & {
  context: string;
  target: ClusterConfig['target'] & { version: string };
  /** Undefined means that nothing is missing. */
  without?: ClusterConfig['without'];
  /** The browser that was fetched for the run, if scenarios need one and the machine has none. */
  browser?: string | undefined;
  /** Lines on how to reach a cluster that was kept. */
  accessHints: string[];
  /**
   * The exact number of parallel scenarios, for a cluster that does not run on this machine, so that this
   * machine's load does not matter.
   */
  workers?: number | undefined;
  /**
   * The most scenarios that may have begun at once, for a cluster on this machine. The load decides how many
   * of them run.
   */
  begun?: number | undefined;
  /** Problems in the cluster since its start that no scenario can show, such as a node that died. */
  problems(): readonly string[];
  /** Aborts with a reason when the cluster is lost. No scenario can reach a verdict after that. */
  lost: AbortSignal;
  /** Lets the cluster outlive this process. Before that, it is removed when this process ends in any way. */
  keep(): void;
  /** The CPU seconds of the cluster since the last call, or since its start, by component. Undefined if unknown. */
  cpu?(): Promise<Record<string, number>>;
  /**
   * Compares the cluster with its state before the run, after the scenarios have ended. Returns a line for
   * each unwanted difference. `signal` ends the wait for differences that may pass. Undefined for a cluster
   * that was made for the run.
   */
  differences?(options: { signal: AbortSignal }): Promise<readonly string[]>;
  /** Removes the cluster completely. */
  down(): Promise<void>;
};

/**
 * A source of clusters. `up` either resolves or leaves nothing behind, also when `signal` interrupts it. A
 * cluster that is not kept is removed when this process ends in any way.
 */
export type Provider = {
  name: string;
  /** What its clusters offer, before one exists. */
  offers(existing: ExistingCluster | undefined): Promise<Offered>;
  /** `existing` is set only for the provider of that name. */
  up(options: {
    longhorn: string;
    /** The Longhorn to which a scenario will upgrade, whose images the nodes get too. */
    upgradeTo?: string | undefined;
    /** URL of a registry from which a release's images are pulled, instead of from their own. */
    registryMirror?: string | undefined;
    /** Replacements for some of a release's images. */
    images?: readonly Replacement[];
    existing?: ExistingCluster | undefined;
    /** Whether scenarios of the run need a browser. */
    browser?: boolean;
    /** Whether scenarios of the run need the snapshot controller of CSI. */
    snapshots?: boolean;
    /** The run's ID, which is in the names and labels of all its objects. */
    run: string;
    /** The run's folder, for files that explain why a cluster did not start. */
    out: string;
    signal: AbortSignal;
    progress: ProgressDisplay;
  }): Promise<RunningCluster>;
};
