import { z } from 'zod';

/** Version of report.json; it grows when a reader of an older report would misread a newer one. */
export const schemaVersion = 1;

const milliseconds = z.int().nonnegative();

const stepSchema = z.strictObject({
  sentence: z.string(),
  /** `noted` is a remark of the scenario, not something it did. */
  state: z.enum(['passed', 'failed', 'noted']),
  duration: milliseconds,
});

const findingSchema = z.strictObject({ title: z.string(), detail: z.string(), link: z.string().optional() });

const kubernetesSchema = z.strictObject({ server: z.string(), context: z.string(), version: z.string() });

const scenarioSchema = z.strictObject({
  name: z.string(),
  /** Relative to where the run was started. */
  file: z.string(),
  /** The paragraph of the seed document that the scenario comes from. */
  seed: z.string().nullable(),
  tags: z.array(z.string()),
  state: z.enum(['passed', 'failed', 'skipped', 'not-provable']),
  /** Why it did not pass, complete; null where it did. */
  reason: z.string().nullable(),
  duration: milliseconds,
  steps: z.array(stepSchema),
  findings: z.array(findingSchema),
});

/** What report.json holds. */
export const reportSchema = z.strictObject({
  schemaVersion: z.literal(schemaVersion),
  run: z.string(),
  startedAt: z.iso.datetime(),
  duration: milliseconds,
  provider: z.string(),
  target: z.strictObject({ name: z.string(), version: z.string().nullable() }),
  /** The cluster that was resolved; null where the run ended before it was reached. */
  kubernetes: kubernetesSchema.nullable(),
  judged: z.string(),
  end: z.strictObject({
    state: z.enum(['finished', 'interrupted', 'set-up-failed', 'runner-died', 'cluster-lost']),
    reason: z.string().nullable(),
  }),
  scenarios: z.array(scenarioSchema),
  totals: z.strictObject({ passed: z.int(), failed: z.int(), skipped: z.int(), notProvable: z.int() }),
});

export type Step = z.infer<typeof stepSchema>;
export type Finding = z.infer<typeof findingSchema>;
export type Kubernetes = z.infer<typeof kubernetesSchema>;
export type ScenarioReport = z.infer<typeof scenarioSchema>;
export type Report = z.infer<typeof reportSchema>;
export type Totals = Report['totals'];

/** Counts the scenarios of a report by state. */
export const countStates = (scenarios: readonly ScenarioReport[]): Totals => {
  const count = (state: ScenarioReport['state']) => scenarios.filter((scenario) => scenario.state === state).length;
  return { passed: count('passed'), failed: count('failed'), skipped: count('skipped'), notProvable: count('not-provable') };
};
