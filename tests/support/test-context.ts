import type { Ledger } from '../../e2e/faults/ledger.ts';
import { openFaults } from '../../e2e/faults/open-faults.ts';
import { type ReplayedTimeline, replayTimeline } from '../../e2e/history/replay.ts';
import type { Timeline } from '../../e2e/history/timeline.ts';
import { longhornClocks } from '../../e2e/longhorn/clocks.ts';
import type { KnownBug } from '../../e2e/report/schema.ts';
import type { RunningStore } from '../../e2e/store/driver.ts';
import { createAsStep } from '../../e2e/suite/steps/as-step.ts';
import type { Context } from '../../e2e/suite/steps/context.ts';
import { nothingCreated } from '../../e2e/suite/steps/created-objects.ts';
import type { StepReport } from '../../e2e/suite/steps/deps.ts';
import type { TargetHandle } from '../../e2e/suite/steps/handles.ts';
import type { RemoveWhenIdle } from '../../e2e/suite/steps/remove-when-idle.ts';
import type { Timelines } from '../../e2e/suite/steps/timelines.ts';
import { type Timeouts, timeoutsOn } from '../../e2e/suite/steps/timeouts.ts';
import { localStore } from '../store/support/local-store.ts';
import { stubCluster } from './stub-cluster.ts';

/**
 * A report that keeps all it gets: the start and end of each step, findings, and events of faults.
 */
export const record = () => {
  const printed: string[] = [];
  const findings: Parameters<StepReport['finding']>[0][] = [];
  const bugs: KnownBug[] = [];
  const faults: Parameters<StepReport['fault']>[0][] = [];
  const report: StepReport = {
    step: (sentence) => {
      printed.push(`${sentence} ...`);
      return {
        done: (detail) => printed.push(detail === undefined ? sentence : `${sentence}: ${detail}`),
        failed: (error) =>
          printed.push(`${sentence} FAILED: ${error instanceof Error ? error.message : String(error)}`),
        knownBug: (detail) => printed.push(`${sentence} KNOWN BUG: ${detail}`),
      };
    },
    bug: (bug) => bugs.push(bug),
    finding: (finding) => findings.push(finding),
    fault: (event) => faults.push(event),
  };
  return {
    report,
    printed,
    findings,
    bugs,
    faults,
    ended: () => printed.filter((line) => !line.endsWith(' ...')),
  };
};

type ReplayedTimelines = {
  [name in keyof Timelines]: Timelines[name] extends Timeline<infer T> ? ReplayedTimeline<T> : never;
};

/** Empty timelines. The test pushes events into them. */
export const emptyTimelines = (): ReplayedTimelines => ({
  volumes: replayTimeline('volumes'),
  attachments: replayTimeline('volumeattachments'),
  snapshots: replayTimeline('snapshots'),
  backups: replayTimeline('backups'),
  backupVolumes: replayTimeline('backupvolumes'),
  backupTargets: replayTimeline('backuptargets'),
  managers: replayTimeline('pods'),
});

type Overrides = Partial<Omit<Context, 'timelines' | 'turn' | 'own'>> & {
  timelines?: Partial<Timelines>;
  turn?: Partial<Context['turn']>;
  own?: Partial<Context['own']>;
  /** The name of the only backup target, and the store that it is on. */
  target?: string;
  store?: RunningStore;
  /** The folder of this machine that is used as the store's. */
  root?: string;
  ledger?: Ledger;
};

/** Short time-outs, for events that never come. */
export const briefly = new Proxy({} as Timeouts, { get: () => ({ within: '50ms', owner: 'the test' }) });

/** A backup target on no store. */
export const aTarget: TargetHandle = { name: 'default', store: undefined as unknown as RunningStore };

const ownTarget = (target: TargetHandle): Context['own'] => {
  const removeWhenIdle: RemoveWhenIdle = (_, take) => take();
  return {
    kind: target.store.driver,
    stores: [{ place: { namespace: 'a-store' }, removeWhenIdle, running: target.store }],
    targets: [target],
    first: async () => target,
    startStore: () => Promise.reject(new Error('no other store')),
    makeTarget: () => Promise.reject(new Error('no other target')),
    enter: () => {},
    removeWhenIdle: () => removeWhenIdle,
    removeTargets: async () => {},
    removeStores: async () => {},
  };
};

/**
 * The context of a scenario's steps, with empty timelines and a cluster whose pods are this machine. Tests replace
 * parts of it. Also returns what the steps print.
 */
export const createTestContext = ({
  timelines,
  root = '/nowhere',
  ledger,
  target = 'default',
  turn,
  own,
  store: given,
  ...overrides
}: Overrides = {}) => {
  const { cluster = stubCluster(), clocks = longhornClocks } = overrides;
  const store = given ?? localStore(root, cluster);
  const recorded = record();
  const context: Context = {
    cluster,
    run: 'abc123',
    version: 'v1.12.1',
    clocks,
    timeouts: timeoutsOn(clocks),
    slowness: 1,
    upgradeManifest: undefined,
    own: { ...ownTarget({ name: target, store }), ...own },
    scenarioSignal: new AbortController().signal,
    faults: openFaults({ cluster, ledger: ledger as Ledger }),
    lab: undefined,
    missingCapabilities: [],
    turn: {
      exclusive: async () => 0,
      releaseUntilCleanup: async () => {},
      share: async () => 0,
      pauseDuring: (work) => work(),
      keepTargets: async () => {},
      changingTargets: (change) => change(),
      release: () => {},
      ...turn,
    },
    exclusive: new Set(),
    made: nothingCreated(),
    expected: [],
    warned: [],
    pages: [],
    report: recorded.report,
    scenario: 'a scenario',
    asStep: createAsStep({ report: recorded.report, signal: new AbortController().signal }),
    uniqueName: (what) => `corral-${what}`,
    ...overrides,
    timelines: { ...emptyTimelines(), ...timelines },
  };
  return { ...recorded, context };
};
