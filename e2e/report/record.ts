import type {
  Concurrency,
  Decisions,
  Failure,
  FirstAttempt,
  KnownBug,
  Kubernetes,
  ReportAccount,
  ReportFinding,
  ReportStep,
  ScenarioReport,
} from './schema.ts';

/**
 * What a scenario reports about itself in vitest's task.meta. `outcome` is set when the scenario ends, the other
 * fields when it is collected.
 */
export type ScenarioRecord = {
  seed: string | null;
  store?: string;
  /** The cells of the store's matrix that the scenario runs. */
  cells?: readonly string[];
  /** The ids of the promises of Longhorn's documents that the scenario judges completely. */
  proves?: readonly string[];
  /** The number of scenarios that ran at once until this one ended, if the load of the machine controls that number. */
  concurrency?: Concurrency | undefined;
  outcome?: {
    state: ScenarioReport['state'];
    interrupted?: true | undefined;
    reason: string | null;
    /** The start of the scenario itself, after its wait for locks. */
    startedAt: string;
    /** In ms, including the cleanup. */
    duration: number;
    steps: ReportStep[];
    findings: ReportFinding[];
    bugs?: KnownBug[];
    account: ReportAccount;
    decisions: Decisions;
    kubernetes: Kubernetes | null;
    /**
     * The folder of the scenario's evidence, relative to the folder of the results. Null if no evidence could be kept.
     */
    evidence: string | null;
    failure?: Failure;
    leftBehind?: string;
    firstPlay?: FirstAttempt;
  };
};

/** The type of the vitest artifacts that carry the events of a running scenario. */
export const eventType = 'corral:event';

export type ScenarioEvent =
  | { kind: 'start' }
  | { kind: 'cluster'; kubernetes: Kubernetes }
  /** `id` counts from 1. A step with the state `noted` has no such event. */
  | { kind: 'step-begins'; id: number; sentence: string; at: string }
  | { kind: 'step'; step: ReportStep; id: number }
  | Awaiting
  | { kind: 'awaited'; id: number; state: 'met' | 'broken' | 'not-provable' | 'timed-out' }
  | {
      kind: 'fault';
      name: string;
      phase: 'entered' | 'injected' | 'proved' | 'healed' | 'failed';
      detail: string;
    }
  | { kind: 'finding'; finding: ReportFinding }
  | { kind: 'bug'; bug: KnownBug }
  | { kind: 'failure'; failure: Failure }
  /** A premise was lost. This is not a verdict: the scenario runs again after all other scenarios have ended. */
  | { kind: 'premise-lost'; reason: string };

/** A wait for a state of the cluster. It is reported again, with the same id, when the current state changes. */
export type Awaiting = {
  kind: 'awaits';
  id: number;
  /** The awaited state, as a clause: "the first backup goes Error". */
  what: string;
  /** The current state: "Deleting". Null if the object was never seen. */
  now: string | null;
  /** The start of the current state, as an ISO date. */
  since: string;
  /** The time-out in ms, from the first report of this wait. */
  limit: number;
  /** Who set the time-out, and why it is that long. */
  owner: string;
};

export type { Failure } from './schema.ts';

declare module 'vitest' {
  interface TaskMeta {
    corral?: ScenarioRecord;
  }
  interface TestArtifactRegistry {
    [eventType]: { type: typeof eventType; event: ScenarioEvent };
  }
}
