import { z } from 'zod';

const shareSchema = z.number().min(0).max(1);

/** How busy a machine was in a stretch of time, as `Pressure` says. */
const pressureSchema = z.strictObject({
  /** Missing where the kernel does not count it. */
  stalled: shareSchema.optional(),
  runQueue: z.number().nonnegative(),
  timerDelay: z.number().nonnegative(),
});

/** What says whether the machine was busy while a wait ran out of time, as `Load` says; times in ms. */
const loadSchema = z.strictObject({
  pressure: pressureSchema.optional(),
  slowestAnswer: z.number().nonnegative().optional(),
  comparable: z
    .strictObject({ count: z.int().positive(), longest: z.number().nonnegative(), share: shareSchema })
    .optional(),
});

/** Where to look first for what went wrong: a hint, with what speaks for it. */
const pointsToSchema = z.strictObject({
  at: z.enum(['longhorn', 'cluster', 'suite', 'unclear']),
  /** As it is printed: "Longhorn", "the emulator (in the place of Longhorn)". */
  place: z.string(),
  because: z.array(z.string()),
  /** Missing where no wait ran out of time, and in reports of before. */
  load: loadSchema.optional(),
});

/** What is printed of a failure on the spot. */
const failureSchema = z.strictObject({
  /** The step that it happened in; null where it was in none. */
  step: z.string().nullable(),
  /** Complete: what was expected, how far it got, the histories. */
  reason: z.string(),
  /** Each message of Longhorn that was met, with its place in the catalogue. */
  messages: z.array(
    z.strictObject({
      /** The object that said it, or the pod whose log it was in. */
      of: z.string(),
      text: z.string(),
      class: z.string(),
      /** Null for one that nobody knows. */
      id: z.string().nullable(),
      meaning: z.string(),
    }),
  ),
  /** In force at the failure. */
  faults: z.array(z.strictObject({ name: z.string(), state: z.string(), proof: z.string().nullable() })),
  /** Paths of what was kept, from where the run was started. */
  evidence: z.array(z.string()),
  /**
   * Decided where it ran, by its own history and the faults of the whole run; missing in reports of
   * before.
   */
  pointsTo: pointsToSchema.optional(),
});

export type Failure = z.infer<typeof failureSchema>;
export type PointsTo = z.infer<typeof pointsToSchema>;

/** Version of report.json; it grows when a reader of an older report would misread a newer one. */
export const schemaVersion = 1;

const milliseconds = z.int().nonnegative();

const accountSchema = z.strictObject({
  /** Idle while something of the cluster was waited for. */
  cluster: z.number().nonnegative(),
  /** In line for what other scenarios had. */
  locks: z.number().nonnegative(),
  /** This scenario's share of the busy event loop, and idle while nothing of the cluster was waited for. */
  suite: z.number().nonnegative(),
  /** The event loop was busy with other scenarios. */
  others: z.number().nonnegative(),
});

/** How long it took from the arrival of an event's bytes to the decision that it brought about. */
const decisionsSchema = z.strictObject({
  count: z.int().nonnegative(),
  median: z.number().nonnegative(),
  max: z.number().nonnegative(),
});

const stepSchema = z.strictObject({
  sentence: z.string(),
  /**
   * `noted` is a remark of the scenario, not something it did; `known-bug` one that failed as a known bug
   * makes it.
   */
  state: z.enum(['passed', 'failed', 'noted', 'known-bug']),
  duration: milliseconds,
  /** Where the duration went, in ms. */
  account: accountSchema,
});

const findingSchema = z.strictObject({
  /** Which finding it is, as `retry-interval`; missing in reports of before. */
  code: z.string().optional(),
  title: z.string(),
  detail: z.string(),
  link: z.string().optional(),
});

/** A known bug of Longhorn whose promise a scenario checked. */
const knownBugSchema = z.strictObject({
  /** Its row in the ledger. */
  id: z.string(),
  title: z.string(),
  severity: z.string(),
  /** Whether the promise was kept, so that the bug did not show. */
  kept: z.boolean(),
  /** Whether the ledger says that this version has it. */
  listed: z.boolean(),
  /** What was seen, complete. */
  seen: z.string(),
});

const imageSchema = z.strictObject({ name: z.string(), digest: z.string() });

const kubernetesSchema = z.strictObject({
  server: z.string(),
  context: z.string(),
  version: z.string(),
  /** The images of Longhorn's pods, by what they are; missing in reports of before. */
  images: z.array(imageSchema).optional(),
});

const scenarioSchema = z.strictObject({
  name: z.string(),
  /** Relative to where the run was started. */
  file: z.string(),
  /** The paragraph of the seed document that the scenario comes from. */
  seed: z.string().nullable(),
  /** The kind of backup store; missing in reports of before, and for what is no scenario. */
  store: z.string().optional(),
  /** The cells of the store's matrix that it runs, by their names; missing where it runs none. */
  cells: z.array(z.string()).optional(),
  /** The promises of Longhorn's documents that it judges, by their ids; missing where it judges none in full. */
  proves: z.array(z.string()).optional(),
  tags: z.array(z.string()),
  /** Which of the repeated rounds it was run in, from 1. */
  round: z.int().positive(),
  /** `known-bug`: nothing failed but what known bugs break, exactly as they are known to. */
  state: z.enum(['passed', 'known-bug', 'failed', 'skipped', 'not-provable']),
  /** It had begun, and the run was interrupted; missing otherwise. */
  interrupted: z.literal(true).optional(),
  /** Why it did not pass, complete; null where it did. */
  reason: z.string().nullable(),
  /** Null for one that did not get to begin. */
  startedAt: z.iso.datetime().nullable(),
  duration: milliseconds,
  /** Where the duration went, in ms. */
  account: accountSchema,
  /** In ms. */
  decisions: decisionsSchema,
  steps: z.array(stepSchema),
  findings: z.array(findingSchema),
  /** Missing where no promise of a known bug was checked. */
  bugs: z.array(knownBugSchema).optional(),
  /** The folder of what was kept of it, relative to this report; missing or null where nothing was. */
  evidence: z.string().nullable().optional(),
  /** Missing where it passed, or could not report itself. */
  failure: failureSchema.optional(),
  /**
   * What its cleanup could not remove or undo, complete; missing where nothing is left. It is no part of the
   * verdict: on a cluster that was there before the run it makes the exit code 1, elsewhere it is a warning.
   */
  leftBehind: z.string().optional(),
  /**
   * The first of two runs, whose premise was lost: that is no verdict, so the scenario was run again, with
   * nothing else running. All other fields are of the second run.
   */
  firstPlay: z
    .strictObject({
      /** Which premise was lost, complete. */
      reason: z.string(),
      startedAt: z.iso.datetime(),
      duration: milliseconds,
      /** As `evidence` of the scenario. */
      evidence: z.string().nullable(),
    })
    .optional(),
});

/** Which part of the scenarios a run had. */
export const shardSchema = z.strictObject({
  index: z.int().positive(),
  of: z.int().positive(),
  /** The same for all shards of the same scenarios, split and chosen in the same way, and for no others. */
  split: z.string(),
});

const secondsSchema = z.record(z.string(), z.number().nonnegative());

/** How slow the machine is, as `Machine` says, which the emulator's clock and the time-outs follow. */
export const machineSchema = z.strictObject({
  slowness: z.number().min(1),
  measured: z.strictObject({
    nodesReady: z.number().nonnegative().optional(),
    read: z.number().nonnegative().optional(),
    pressure: pressureSchema,
  }),
  emulatorClock: z.string().optional(),
});

/** What a run says of a promise of Longhorn's documents that a scenario of it judges. */
const judgedPromiseSchema = z.strictObject({
  id: z.string(),
  promise: z.string(),
  severity: z.int(),
  /** `failed`: a scenario that judges it failed; the report has no word on which of its promises was broken. */
  state: z.enum(['kept', 'known-bug', 'failed', 'not-checked']),
  /** The names of the scenarios that say so. */
  scenarios: z.array(z.string()),
});

/** What report.json holds. */
export const reportSchema = z.strictObject({
  schemaVersion: z.literal(schemaVersion),
  run: z.string(),
  startedAt: z.iso.datetime(),
  duration: milliseconds,
  provider: z.string(),
  target: z.strictObject({
    name: z.string(),
    version: z.string().nullable(),
    /** Images of a release in whose place others were, by `--image`. */
    replaced: z
      .array(z.strictObject({ from: z.string(), to: z.string(), digest: z.string().nullable() }))
      .optional(),
  }),
  /**
   * The cluster that was resolved; null where the run ended before it was reached, or where reports of
   * several clusters were merged.
   */
  kubernetes: kubernetesSchema.nullable(),
  /** Where reports were merged: the images of Longhorn's pods in any of them. */
  images: z.array(imageSchema).optional(),
  judged: z.string(),
  end: z.strictObject({
    state: z.enum(['finished', 'interrupted', 'set-up-failed', 'runner-died', 'cluster-lost']),
    reason: z.string().nullable(),
  }),
  /** Missing where the run was no shard. */
  shard: shardSchema.optional(),
  /**
   * How many scenarios were at work at once (those that only waited for a clock, stood in line or cleaned up
   * are not among them), counted every few seconds; of the last round. Missing where it was a fixed number.
   */
  concurrency: z.strictObject({ least: z.int(), most: z.int(), mean: z.number() }).optional(),
  /** Missing where nobody measured it, in merged reports, and in reports of before. */
  machine: machineSchema.optional(),
  scenarios: z.array(scenarioSchema),
  totals: z.strictObject({
    passed: z.int(),
    /** Missing in reports of before. */
    knownBugs: z.int().default(0),
    failed: z.int(),
    skipped: z.int(),
    notProvable: z.int(),
  }),
  /**
   * The promises that its scenarios judge, and how many others there are, which nothing judged; missing where no
   * scenario judges one, and in reports of before.
   */
  promises: z.strictObject({ judged: z.array(judgedPromiseSchema), others: z.int() }).optional(),
  /**
   * What of a cluster that was there before the run is not as it was then, a line each; one of them fails the
   * run. Null where the cluster could not be compared; missing where it was made for the run.
   */
  differences: z.array(z.string()).nullable().optional(),
  /**
   * CPU seconds by part: until the cluster was up, and of the scenarios of all rounds. Missing where the
   * cluster's could not be read.
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
export type Totals = Report['totals'];
export type JudgedPromise = z.infer<typeof judgedPromiseSchema>;
export type FirstPlay = NonNullable<ScenarioReport['firstPlay']>;
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

/** The account of what took no time. */
export const nothingSpent: ReportAccount = { cluster: 0, locks: 0, suite: 0, others: 0 };

/** What is the same of every scenario that was not run, or could not report itself. */
export const emptyScenario = {
  startedAt: null,
  steps: [],
  findings: [],
  account: nothingSpent,
  decisions: { count: 0, median: 0, max: 0 },
} satisfies Partial<ScenarioReport>;
