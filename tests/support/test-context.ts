import type { Ledger } from '../../e2e/faults/ledger.ts';
import { openFaults } from '../../e2e/faults/open-faults.ts';
import { type ReplayedTimeline, replayTimeline } from '../../e2e/history/replay.ts';
import type { Timeline } from '../../e2e/history/timeline.ts';
import { longhornClocks } from '../../e2e/longhorn/clocks.ts';
import type { KnownBug } from '../../e2e/report/schema.ts';
import type { Context } from '../../e2e/suite/steps/context.ts';
import type { StepReport } from '../../e2e/suite/steps/deps.ts';
import { nothingMade } from '../../e2e/suite/steps/made.ts';
import { createTell } from '../../e2e/suite/steps/tell.ts';
import type { Timelines } from '../../e2e/suite/steps/timelines.ts';
import { timeoutsOn } from '../../e2e/suite/steps/timeouts.ts';
import { localStore } from '../store/support/local-store.ts';
import { stubCluster } from './stub-cluster.ts';

/**
 * A report that keeps what it was told: each step when it starts and when it ends, the findings, and what
 * becomes of faults.
 */
export const record = () => {
  const told: string[] = [];
  const findings: Parameters<StepReport['finding']>[0][] = [];
  const bugs: KnownBug[] = [];
  const faults: Parameters<StepReport['fault']>[0][] = [];
  const report: StepReport = {
    step: (sentence) => {
      told.push(`${sentence} ...`);
      return {
        done: (detail) => told.push(detail === undefined ? sentence : `${sentence}: ${detail}`),
        failed: (error) =>
          told.push(`${sentence} FAILED: ${error instanceof Error ? error.message : String(error)}`),
        knownBug: (detail) => told.push(`${sentence} KNOWN BUG: ${detail}`),
      };
    },
    bug: (bug) => bugs.push(bug),
    finding: (finding) => findings.push(finding),
    fault: (event) => faults.push(event),
  };
  return { report, told, findings, bugs, faults, ended: () => told.filter((line) => !line.endsWith(' ...')) };
};

type Played = {
  [name in keyof Timelines]: Timelines[name] extends Timeline<infer T> ? ReplayedTimeline<T> : never;
};

/** Timelines with nothing in them, for a test to push what happens into. */
export const emptyTimelines = (): Played => ({
  volumes: replayTimeline('volumes'),
  attachments: replayTimeline('volumeattachments'),
  snapshots: replayTimeline('snapshots'),
  backups: replayTimeline('backups'),
  backupVolumes: replayTimeline('backupvolumes'),
  backupTargets: replayTimeline('backuptargets'),
  managers: replayTimeline('pods'),
});

type Overrides = Partial<Omit<Context, 'timelines'>> & {
  timelines?: Partial<Timelines>;
  /** The folder of this machine that stands for the store's. */
  root?: string;
  ledger?: Ledger;
};

/**
 * What a scenario's steps share, where the cluster's pods are this machine and nothing has happened yet; what
 * a test is about replaces the rest. Beside it stands what the steps told.
 */
export const createTestContext = ({ timelines, root = '/nowhere', ledger, ...overrides }: Overrides = {}) => {
  const { cluster = stubCluster(), clocks = longhornClocks } = overrides;
  const recorded = record();
  const context: Context = {
    cluster,
    run: 'abc123',
    version: 'v1.12.1',
    clocks,
    timeouts: timeoutsOn(clocks),
    slowness: 1,
    target: 'default',
    store: localStore(root, cluster),
    otherStore: () => Promise.reject(new Error('no other store')),
    living: new AbortController().signal,
    faults: openFaults({ cluster, ledger: ledger as Ledger }),
    lab: undefined,
    without: [],
    haveExclusive: async () => 0,
    rest: async () => {},
    exclusive: new Set(),
    made: nothingMade(),
    expected: [],
    pages: [],
    report: recorded.report,
    scenario: 'a scenario',
    tell: createTell({ report: recorded.report, signal: new AbortController().signal }),
    idle: (work) => work(),
    uniqueName: (what) => `corral-${what}`,
    ...overrides,
    timelines: { ...emptyTimelines(), ...timelines },
  };
  return { ...recorded, context };
};
