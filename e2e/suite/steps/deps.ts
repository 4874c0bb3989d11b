import type { RunConfig } from '../../config/config.ts';
import type { FaultEvent } from '../../faults/fault.ts';
import type { Cluster } from '../../kube/cluster.ts';
import type { Disruption } from '../../longhorn/disruptions.ts';
import type { SharedResource } from '../../longhorn/shared.ts';
import type { KnownBug, ReportFinding } from '../../report/schema.ts';
import type { EvidenceRecorder } from '../evidence/recorder.ts';

/** Receives the reports of steps. A step is printed when it starts, with its sentence, and again when it ends. */
export type StepReport = {
  step(sentence: string): {
    done(detail?: string): void;
    failed(error: unknown): void;
    /** The failed steps inside this one show a known bug. */
    knownBug(detail: string): void;
  };
  /** The promise of a known bug was checked. */
  bug(bug: KnownBug): void;
  finding(finding: ReportFinding & { code: string }): void;
  fault(event: FaultEvent): void;
};

/** What the steps of one scenario get: the settings of its run, the cluster, and access to the runner. */
export type ScenarioDeps = {
  config: RunConfig;
  cluster: Cluster;
  /** The scenario's name. */
  scenario: string;
  declared: {
    /**
     * What the scenario does that others on the cluster could notice. The run allows all of it, and steps do nothing
     * else.
     */
    disruptions: readonly Disruption[];
    /** The declared needs. Steps use no other optional capability of a cluster or store. */
    needs: readonly string[];
    /** The Longhorn versions that the scenario holds for. */
    longhorn: string;
    /** The kind of its store. The first kind if missing. */
    store?: string | undefined;
    /** The kind of its second store, if it needs one. */
    otherStore?: string | undefined;
  };
  /** Aborts when the scenario's time is over or the run is interrupted. The cleanup has its own time. */
  signal: AbortSignal;
  report: StepReport;
  skip: (reason: string) => never;
  turn: {
    /**
     * Waits until no other scenario uses these things, and holds them until `release`. Returns how long it waited, in
     * ms. While it waits, other scenarios may change these things.
     */
    exclusive: (...things: SharedResource[]) => Promise<number>;
    /**
     * Releases the exclusive things, the shared things and the place until the cleanup, while the scenario only reads
     * its own objects.
     */
    releaseUntilCleanup: () => Promise<void>;
    /** Releases the exclusive things, and shares them with others again. Returns how long it waited, in ms. */
    share: () => Promise<number>;
    /** Lends the place to another scenario while the work only waits. Everything else stays held. */
    pauseDuring: <T>(work: () => Promise<T>) => Promise<T>;
    /** Prevents changes of backup targets by other scenarios until this one changes one or ends. */
    keepTargets: () => Promise<void>;
    /** Changes backup targets once no other scenario prevents that. */
    changingTargets: <T>(change: () => Promise<T>) => Promise<T>;
    /**
     * Releases everything. Called in the cleanup when only the scenario's own objects are left to remove; otherwise
     * at the end of the cleanup.
     */
    release: () => void;
  };
  /** Receives the evidence of the scenario. */
  evidence: EvidenceRecorder;
};
