import { z } from 'zod';

const shareSchema = z.number().min(0).max(1);

/** The load of a machine in a period, as the type `Pressure`. */
const pressureSchema = z.strictObject({
  /** Missing if the kernel does not measure it. */
  stalled: shareSchema.optional(),
  runQueue: z.number().nonnegative(),
  timerDelay: z.number().nonnegative(),
});

/** The evidence whether the machine was busy during a wait that timed out, as the type `Load`. Times are in ms. */
const loadSchema = z.strictObject({
  pressure: pressureSchema.optional(),
  slowestAnswer: z.number().nonnegative().optional(),
  comparable: z
    .strictObject({ count: z.int().positive(), longest: z.number().nonnegative(), share: shareSchema })
    .optional(),
});

/** A hint where to look for the cause of a failure, with its reasons. */
const pointsToSchema = z.strictObject({
  at: z.enum(['longhorn', 'cluster', 'suite', 'unclear']),
  /** The printed text: "Longhorn", "the emulator (in the place of Longhorn)". */
  place: z.string(),
  because: z.array(z.string()),
  /** Missing if no wait timed out, and in older reports. */
  load: loadSchema.optional(),
});

/** The facts that are printed when a failure happens. */
const failureSchema = z.strictObject({
  /** The step that failed. Null if the failure was outside of a step. */
  step: z.string().nullable(),
  /** The complete reason: the expectation, how far it got, and the histories. */
  reason: z.string(),
  /** The messages of Longhorn that were found, with their meaning from the catalogue. */
  messages: z.array(
    z.strictObject({
      /** The object that has the message, or the pod whose log contains it. */
      of: z.string(),
      text: z.string(),
      class: z.string(),
      /** Null for an unknown message. */
      id: z.string().nullable(),
      meaning: z.string(),
    }),
  ),
  /** The faults in force at the time of the failure. */
  faults: z.array(z.strictObject({ name: z.string(), state: z.string(), proof: z.string().nullable() })),
  /** Paths relative to the folder in which the run was started. */
  evidence: z.array(z.string()),
  /** Decided by the run itself, from its own history and the faults of all scenarios. Missing in older reports. */
  pointsTo: pointsToSchema.optional(),
});

export type Failure = z.infer<typeof failureSchema>;
export type PointsTo = z.infer<typeof pointsToSchema>;

/** The version of report.json. It is increased if readers of the old format would misread the new one. */
export const schemaVersion = 1;

const milliseconds = z.int().nonnegative();

const accountSchema = z.strictObject({
  /** Idle time while waiting for the cluster. */
  cluster: z.number().nonnegative(),
  /** Time spent waiting for locks of other scenarios. */
  locks: z.number().nonnegative(),
  /** This scenario's share of the busy event loop, and idle time without waiting for the cluster. */
  suite: z.number().nonnegative(),
  /** The event loop was busy with other scenarios. */
  others: z.number().nonnegative(),
});

/** The times from the arrival of an event's bytes to the decision that it caused. */
const decisionsSchema = z.strictObject({
  count: z.int().nonnegative(),
  median: z.number().nonnegative(),
  max: z.number().nonnegative(),
});

const stepSchema = z.strictObject({
  sentence: z.string(),
  /**
   * `noted`: a remark of the scenario, not an action. `known-bug`: the step failed exactly as a known bug makes it
   * fail.
   */
  state: z.enum(['passed', 'failed', 'noted', 'known-bug']),
  duration: milliseconds,
  /** The parts of the duration, in ms. */
  account: accountSchema,
});

const findingSchema = z.strictObject({
  /** The id of the finding, such as `retry-interval`. Missing in older reports. */
  code: z.string().optional(),
  title: z.string(),
  detail: z.string(),
  link: z.string().optional(),
});

/** A known bug of Longhorn whose promise a scenario checked. */
const knownBugSchema = z.strictObject({
  /** Its name in the ledger. */
  id: z.string(),
  title: z.string(),
  severity: z.string(),
  /** Whether the promise was kept, so the bug did not show. */
  kept: z.boolean(),
  /** Whether the ledger lists this version as affected. */
  listed: z.boolean(),
  /** The complete observation. */
  seen: z.string(),
});

const imageSchema = z.strictObject({ name: z.string(), digest: z.string() });

const kubernetesSchema = z.strictObject({
  server: z.string(),
  context: z.string(),
  version: z.string(),
  /** The images of Longhorn's pods with their digests. Missing in older reports. */
  images: z.array(imageSchema).optional(),
});

const scenarioSchema = z.strictObject({
  name: z.string(),
  /** Relative to the folder in which the run was started. */
  file: z.string(),
  /** The paragraph of the seed document that the scenario comes from. */
  seed: z.string().nullable(),
  /** The kind of backup store. Missing in older reports, and for failures that belong to no scenario. */
  store: z.string().optional(),
  /** The names of the store matrix's cells that the scenario runs. Missing if there are none. */
  cells: z.array(z.string()).optional(),
  /** The ids of the promises of Longhorn's documents that the scenario judges completely. Missing if there are none. */
  proves: z.array(z.string()).optional(),
  tags: z.array(z.string()),
  /** The repetition in which the scenario was run, from 1. */
  round: z.int().positive(),
  /** `known-bug`: only promises of known bugs were broken, exactly as the ledger describes. */
  state: z.enum(['passed', 'known-bug', 'failed', 'skipped', 'not-provable']),
  /** The scenario had begun when the run was interrupted. Missing otherwise. */
  interrupted: z.literal(true).optional(),
  /** The complete reason why the scenario did not pass. Null if it passed. */
  reason: z.string().nullable(),
  /** Null if the scenario never began. */
  startedAt: z.iso.datetime().nullable(),
  duration: milliseconds,
  /** The parts of the duration, in ms. */
  account: accountSchema,
  /** In ms. */
  decisions: decisionsSchema,
  steps: z.array(stepSchema),
  findings: z.array(findingSchema),
  /** Missing if the scenario checked no promise of a known bug. */
  bugs: z.array(knownBugSchema).optional(),
  /** The folder of the evidence, relative to this report. Missing or null if there is none. */
  evidence: z.string().nullable().optional(),
  /** Missing if the scenario passed or could not report itself. */
  failure: failureSchema.optional(),
  /**
   * What the cleanup could not remove or undo. Missing if nothing was left. It does not change the verdict. On a
   * cluster that existed before the run it sets the exit code to 1; otherwise it is a warning.
   */
  leftBehind: z.string().optional(),
  /**
   * The first of two runs of the scenario. It lost a premise, which is not a verdict, so the scenario was run again
   * alone. All other fields are about the second run.
   */
  firstPlay: z
    .strictObject({
      /** The complete reason why the premise was lost. */
      reason: z.string(),
      startedAt: z.iso.datetime(),
      duration: milliseconds,
      /** Like `evidence` of the scenario. */
      evidence: z.string().nullable(),
    })
    .optional(),
});

/** The part of the scenarios that the run had. */
export const shardSchema = z.strictObject({
  index: z.int().positive(),
  of: z.int().positive(),
  /** Equal for shards of the same scenarios, chosen and split in the same way. Different for all others. */
  split: z.string(),
});

const secondsSchema = z.record(z.string(), z.number().nonnegative());

/** The speed of the machine, as the type `Machine`. The emulator's clock and the time-outs depend on it. */
export const machineSchema = z.strictObject({
  slowness: z.number().min(1),
  measured: z.strictObject({
    nodesReady: z.number().nonnegative().optional(),
    read: z.number().nonnegative().optional(),
    pressure: pressureSchema,
  }),
  emulatorClock: z.string().optional(),
});

/** The result for a promise of Longhorn's documents that a scenario judges. */
const judgedPromiseSchema = z.strictObject({
  id: z.string(),
  promise: z.string(),
  severity: z.int(),
  /** `failed`: a scenario that judges the promise failed. The report does not say which of its promises was broken. */
  state: z.enum(['kept', 'known-bug', 'failed', 'not-checked']),
  /** The names of the scenarios that judge it. */
  scenarios: z.array(z.string()),
});

/** The content of report.json. */
export const reportSchema = z.strictObject({
  schemaVersion: z.literal(schemaVersion),
  run: z.string(),
  startedAt: z.iso.datetime(),
  duration: milliseconds,
  provider: z.string(),
  target: z.strictObject({
    name: z.string(),
    version: z.string().nullable(),
    /** Images of the release that were replaced by `--image`. */
    replaced: z
      .array(z.strictObject({ from: z.string(), to: z.string(), digest: z.string().nullable() }))
      .optional(),
  }),
  /**
   * The cluster of the run. Null if the run ended before it reached a cluster, or if reports of different clusters
   * were merged.
   */
  kubernetes: kubernetesSchema.nullable(),
  /** Only in merged reports: the images of Longhorn's pods in all of them. */
  images: z.array(imageSchema).optional(),
  judged: z.string(),
  end: z.strictObject({
    state: z.enum(['finished', 'interrupted', 'set-up-failed', 'runner-died', 'cluster-lost']),
    reason: z.string().nullable(),
  }),
  /** Missing if the run was not a shard. */
  shard: shardSchema.optional(),
  /**
   * The number of scenarios that ran at once, sampled every few seconds, in the last round. Scenarios that only
   * waited for a clock or a lock, or cleaned up, are not counted. Missing if the number was fixed.
   */
  concurrency: z.strictObject({ least: z.int(), most: z.int(), mean: z.number() }).optional(),
  /** Missing if it was not measured, in merged reports, and in older reports. */
  machine: machineSchema.optional(),
  scenarios: z.array(scenarioSchema),
  totals: z.strictObject({
    passed: z.int(),
    /** Missing in older reports. */
    knownBugs: z.int().default(0),
    failed: z.int(),
    skipped: z.int(),
    notProvable: z.int(),
  }),
  /**
   * The promises that the scenarios judge, and the number of all other promises. Missing if no scenario judges a
   * promise, and in older reports.
   */
  promises: z.strictObject({ judged: z.array(judgedPromiseSchema), others: z.int() }).optional(),
  /**
   * How a cluster that existed before the run differs from its former state, one line each. One difference fails the
   * run. Null if the cluster could not be compared. Missing if the cluster was made for the run.
   */
  differences: z.array(z.string()).nullable().optional(),
  /**
   * CPU seconds by component: until the cluster was up, and during the scenarios of all rounds. Missing if the
   * cluster's CPU time could not be read.
   */
  cpu: z.strictObject({ setUp: secondsSchema, scenarios: secondsSchema }).optional(),
});

export type ReportAccount = z.infer<typeof accountSchema>;
export type Decisions = z.infer<typeof decisionsSchema>;
export type ReportStep = z.infer<typeof stepSchema>;
export type ReportFinding = z.infer<typeof findingSchema>;
export type KnownBug = z.infer<typeof knownBugSchema>;
export type Kubernetes = z.infer<typeof kubernetesSchema>;
export type ScenarioReport = z.infer<typeof scenarioSchema>;
export type Report = z.infer<typeof reportSchema>;
export type ShardReport = z.infer<typeof shardSchema>;
type Totals = Report['totals'];
export type JudgedPromise = z.infer<typeof judgedPromiseSchema>;
export type FirstAttempt = NonNullable<ScenarioReport['firstPlay']>;
export type Concurrency = NonNullable<Report['concurrency']>;

/** Counts the scenarios of a report by state. */
export const countStates = (scenarios: readonly ScenarioReport[]): Totals => {
  const count = (state: ScenarioReport['state']) =>
    scenarios.filter((scenario) => scenario.state === state).length;
  return {
    passed: count('passed'),
    knownBugs: count('known-bug'),
    failed: count('failed'),
    skipped: count('skipped'),
    notProvable: count('not-provable'),
  };
};

/** An account with no time. */
export const nothingSpent: ReportAccount = { cluster: 0, locks: 0, suite: 0, others: 0 };

/** The common fields of scenarios that were not run or could not report themselves. */
export const emptyScenario = {
  startedAt: null,
  steps: [],
  findings: [],
  account: nothingSpent,
  decisions: { count: 0, median: 0, max: 0 },
} satisfies Partial<ScenarioReport>;
