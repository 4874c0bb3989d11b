import type {
  Concurrency,
  Decisions,
  Failure,
  FirstPlay,
  KnownBug,
  Kubernetes,
  ReportAccount,
  ReportFinding,
  ReportStep,
  ScenarioReport,
} from './schema.ts';

/**
 * What a scenario reports about itself, in vitest's task.meta: the seed, the kind of its store, its
 * cells and its promises when it is collected, the rest when it ends.
 */
export type ScenarioRecord = {
  seed: string | null;
  store?: string;
  /** The cells of the store's matrix that it runs. */
  cells?: readonly string[];
  /** The promises of Longhorn's documents that it judges in full, by their ids. */
  proves?: readonly string[];
  /** How many were at work at once until it ended, where the machine's load decides that. */
  concurrency?: Concurrency | undefined;
  outcome?: {
    state: ScenarioReport['state'];
    interrupted?: true | undefined;
    reason: string | null;
    /** When it began, after whatever it waited for before that. */
    startedAt: string;
    /** In ms, cleanup included. */
    duration: number;
    steps: ReportStep[];
    findings: ReportFinding[];
    bugs?: KnownBug[];
    account: ReportAccount;
    decisions: Decisions;
    kubernetes: Kubernetes | null;
    /** The folder of what was kept of it, relative to the folder of results; null where nothing could be. */
    evidence: string | null;
    failure?: Failure;
    leftBehind?: string;
    firstPlay?: FirstPlay;
  };
};

/** What a scenario reports while it runs is recorded with its test, as artifacts of this type. */
export const eventType = 'corral:event';

export type ScenarioEvent =
  | { kind: 'start' }
  | { kind: 'cluster'; kubernetes: Kubernetes }
  /** `id` counts from 1; a noted step has no beginning. */
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
  /** Its premise was lost: that is no verdict, and it runs again when all others have ended. */
  | { kind: 'premise-lost'; reason: string };

/**
 * Something of the cluster is waited for; reported again, with the same id, when the state that stands instead
 * has changed.
 */
export type Awaiting = {
  kind: 'awaits';
  id: number;
  /** What is awaited, as a clause: "the first backup goes Error". */
  what: string;
  /** What stands instead: "Deleting"; null where the object was never seen. */
  now: string | null;
  /** Since when it does, ISO. */
  since: string;
  /** In ms, from the first time that this was reported. */
  limit: number;
  /** Whose time it is, and why so long. */
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
