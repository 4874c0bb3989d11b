import type { RunConfig } from '../../config/config.ts';
import type { FaultEvent } from '../../faults/fault.ts';
import type { Cluster } from '../../kube/cluster.ts';
import type { Disruption } from '../../longhorn/disruptions.ts';
import type { SharedThing } from '../../longhorn/shared.ts';
import type { KnownBug, ReportFinding } from '../../report/schema.ts';
import type { EvidenceRecorder } from '../evidence/recorder.ts';

/**
 * Where steps report what they do and what they met. A step is printed as its sentence, when it
 * starts; then how it ended.
 */
export type StepReport = {
  step(sentence: string): {
    done(detail?: string): void;
    failed(error: unknown): void;
    /** Those within it that failed did so as a known bug makes them. */
    knownBug(detail: string): void;
  };
  /** A promise of a known bug was checked. */
  bug(bug: KnownBug): void;
  finding(finding: ReportFinding & { code: string }): void;
  fault(event: FaultEvent): void;
};

/** What the steps of one scenario are made of: the settings of its run, the cluster, and what runs it. */
export type ScenarioDeps = {
  config: RunConfig;
  cluster: Cluster;
  /** The scenario's name. */
  scenario: string;
  declared: {
    /**
     * What the scenario does that others on the cluster could feel: nothing else is done, and all of it is
     * allowed here.
     */
    disruptions: readonly Disruption[];
    /** What the scenario says that it needs: nothing else is used of what not every cluster or store can do. */
    needs: readonly string[];
    /** The versions of Longhorn that the scenario holds for. */
    longhorn: string;
    /** The kind of its store; the first where none is named. */
    store?: string | undefined;
    /** The kind of a second store of it, where it needs one. */
    otherStore?: string | undefined;
  };
  /** Aborts when the scenario's time is up or the run is interrupted; the cleanup has a time of its own. */
  signal: AbortSignal;
  report: StepReport;
  skip: (reason: string) => never;
  turn: {
    /**
     * Waits until no other scenario uses these things, and keeps them until `release`; returns how long that
     * took, in ms. Meanwhile this scenario is not at work: others may do to these things what they like.
     */
    exclusive: (...things: SharedThing[]) => Promise<number>;
    /**
     * Releases what it has alone, what it shares and its place, until the cleanup: for who only looks at
     * what is its own.
     */
    releaseUntilCleanup: () => Promise<void>;
    /** Keeps what it has while the work only waits, but for its place among those at work. */
    pauseDuring: <T>(work: () => Promise<T>) => Promise<T>;
    /** No other scenario changes or removes a backup target until this one does so itself, or ends. */
    keepTargets: () => Promise<void>;
    /** Changes or removes backup targets once no other scenario keeps them. */
    changingTargets: <T>(change: () => Promise<T>) => Promise<T>;
    /**
     * Releases what it has alone, what it shares with others, and its place among those at work; the end of
     * the cleanup does so at the latest. Called in the cleanup, when all that is left to remove is its own,
     * and nobody else's business.
     */
    release: () => void;
  };
  /** Where evidence of the scenario is kept. */
  evidence: EvidenceRecorder;
};
