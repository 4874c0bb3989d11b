import type { Cluster, KubernetesObject } from '../../kube/cluster.ts';

/**
 * Whether an object of a resource (its plural) concerns the scenario; what others do in the cluster is not
 * its history.
 */
export type Belongs = (resource: string, object: KubernetesObject) => boolean;

/** Something of the cluster that is read for who looks into a failure. */
export type EvidenceSource = {
  /** The file of the evidence that it goes into. */
  file: string;
  /** Reads it; what it throws is written in the file's place. Bytes, as of a picture, are kept as they are. */
  read(signal: AbortSignal, how: { isBrief: boolean }): Promise<string | Uint8Array>;
  /** It is also read, the last of it, where the scenario has passed. */
  always?: true;
};

/** Work for the evidence that puts its file there itself; what it throws is written in the file's place. */
export type LastWork = { file: string; work(signal: AbortSignal): Promise<void> };

/** What there is of a scenario, by the time that it is asked. */
export type EvidenceSubject = {
  /** Which objects concern the scenario. */
  belongs: Belongs;
  /** What there is to read. */
  sources(): EvidenceSource[];
  /** Longhorn's own support bundle. */
  supportBundle?: LastWork;
};

/** What the steps give to the evidence of their scenario. */
export type EvidenceRecorder = {
  /**
   * A connection of its own: what it meets says nothing of the scenario's, and nothing is sent again on it.
   */
  cluster: Cluster;
  /** When the scenario began. */
  startedAt: Date;
  /** Where files may be put besides; undefined where nothing can be kept. */
  folder(): string | undefined;
  /** What it is of; until then, all objects concern the scenario and there is nothing to read. */
  keep(subject: EvidenceSubject): void;
  /**
   * Reads it, if that was not done yet: whoever removes what a failure left calls it before. It never throws.
   * What comes last is not done yet.
   */
  collect(): Promise<void>;
};
