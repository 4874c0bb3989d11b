import type { Cluster, KubernetesObject } from '../../kube/cluster.ts';

/**
 * Whether an object concerns the scenario. `resource` is its plural. Objects of other users of the cluster are not in
 * the history.
 */
export type Belongs = (resource: string, object: KubernetesObject) => boolean;

/** Something in the cluster that is read after a failure. */
export type EvidenceSource = {
  /** The evidence file for its content. */
  file: string;
  /**
   * Reads the content. If it throws, the error goes to `not-collected.txt`. Bytes, such as a picture, are kept
   * unchanged.
   */
  read(signal: AbortSignal, how: { isBrief: boolean }): Promise<string | Uint8Array>;
  /** Also read, in a short form, if the scenario has passed. */
  always?: true;
};

/** Work that writes its evidence file itself. If it throws, the error goes to `not-collected.txt`. */
export type LastWork = { file: string; work(signal: AbortSignal): Promise<void> };

/** What evidence of a scenario can be collected at the moment. */
export type EvidenceSubject = {
  belongs: Belongs;
  sources(): EvidenceSource[];
  supportBundle?: LastWork;
};

/** The steps of a scenario pass their evidence to this. */
export type EvidenceRecorder = {
  /** A separate connection without retries. Its errors do not count as the scenario's. */
  cluster: Cluster;
  startedAt: Date;
  /** A folder for additional files. Undefined if evidence cannot be written. */
  folder(): string | undefined;
  /**
   * Sets the subject of the evidence. Before this call, all objects count as the scenario's, and there are no sources.
   */
  keep(subject: EvidenceSubject): void;
  /**
   * Reads all sources, at the first call only. Call it before the cleanup after a failure. Does not make the support
   * bundle. Never throws.
   */
  collect(): Promise<void>;
};
