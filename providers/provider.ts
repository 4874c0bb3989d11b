import type { ClusterConfig, ExistingCluster, Offered } from '../e2e/config/config.ts';

/** Shows long work as it goes: a live list on a terminal, plain lines elsewhere; each step with its time. */
export type ProgressDisplay = {
  step<T>(title: string, work: (update: (detail: string) => void) => Promise<T>): Promise<T>;
  /** Says something that stays to be read; beside a live list it comes after it. */
  note(text: string): void;
};

/**
 * An image to use instead of a release's: the last part of the release's name for it
 * (`longhorn-manager`), and the name of the other, or the absolute path of an archive that has it.
 */
export type Replacement = { image: string; by: string };

/** A cluster that a provider brought up, with a Longhorn (or its stand-in) in it. */
export type RunningCluster = Omit<ClusterConfig, 'context' | 'target' | 'without'> & {
  context: string;
  target: ClusterConfig['target'] & { version: string };
  /** Nothing, where nothing is said. */
  without?: ClusterConfig['without'];
  /** The browser that was fetched for the run, where scenarios need one and the machine has none. */
  browser?: string | undefined;
  /** Lines that say how to reach a cluster that was kept. */
  reach: string[];
  /** Exactly how many scenarios are at work at once: of a cluster of which this machine's load says nothing. */
  workers?: number | undefined;
  /**
   * How many may have begun at once: of a cluster on this machine, whose load decides how many of them are at
   * work.
   */
  begun?: number | undefined;
  /**
   * What went wrong in the cluster since it came up, that no scenario can show: a node that died, for one.
   */
  trouble(): readonly string[];
  /** Aborts, with what happened, when the cluster is lost: no scenario can come to a verdict then. */
  lost: AbortSignal;
  /** Lets the cluster outlive this process; until then it goes down with it, however that ends. */
  keep(): void;
  /**
   * The CPU seconds that the cluster has taken since this was asked last, or since it was started, by part.
   * Missing where nobody can say.
   */
  cpu?(): Promise<Record<string, number>>;
  /**
   * Compares the cluster with what it was before the run, when the scenarios have ended: a line for each
   * difference that there should not be. `signal` ends its waiting for what may yet become as it was. Missing
   * where the cluster was made for the run.
   */
  differences?(options: { signal: AbortSignal }): Promise<readonly string[]>;
  /** Takes the cluster down and leaves nothing behind. */
  down(): Promise<void>;
};

/**
 * Where a cluster comes from. `up` either resolves or leaves nothing behind, also when `signal` cuts it
 * short; a cluster that is not kept also goes down with this process, however that ends.
 */
export type Provider = {
  name: string;
  /** What its clusters offer, before there is one. */
  offers(existing: ExistingCluster | undefined): Promise<Offered>;
  /** `existing` is there with the provider of that name, and only then. */
  up(options: {
    longhorn: string;
    /** URL of a registry from which a release's images are pulled, instead of from their own. */
    registryMirror?: string | undefined;
    /** Other images in the place of some of a release's own. */
    images?: readonly Replacement[];
    existing?: ExistingCluster | undefined;
    /** Whether scenarios will be run that need a browser. */
    browser?: boolean;
    /** The run's id, which names and labels all that it makes. */
    run: string;
    /** The run's folder, for what explains a cluster that did not come up. */
    out: string;
    signal: AbortSignal;
    progress: ProgressDisplay;
  }): Promise<RunningCluster>;
};
