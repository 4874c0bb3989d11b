import { z } from 'zod';
import { reportSchema } from './schema.ts';

const { run, provider, target, kubernetes, judged, end, totals, differences, duration, scenarios } =
  reportSchema.shape;
const scenario = scenarios.element.shape;

/**
 * Which scenario it is about: its name, its file (from where the run was started), and which of the repeated
 * rounds it is run in.
 */
const ofScenario = { run, scenario: scenario.name, file: scenario.file, round: scenario.round };

const id = z.int().positive();

/** Each line has what happened (`event`) and when (`at`). */
const line = <Name extends string, Shape extends z.ZodRawShape>(event: Name, shape: Shape) =>
  z.strictObject({ event: z.literal(event), at: z.iso.datetime(), ...shape });

/**
 * What a line of `--output json` is. The first line of a run is its `run-start`, the last its `run-end`, also when
 * no cluster came up. Durations are in ms. A field may be added; what a field means does not change.
 */
export const jsonEventSchema = z.discriminatedUnion('event', [
  /** The version of the target is null before there is a cluster. */
  line('run-start', { run, provider, target, scenarios: z.int().nonnegative().nullable() }),
  /** The cluster that a round resolved. */
  line('cluster', { run, round: scenario.round, kubernetes: kubernetes.unwrap() }),
  line('scenario-start', ofScenario),
  /** A step begins; `id` counts from 1 in its scenario. */
  line('step-begins', { ...ofScenario, id, sentence: z.string() }),
  /** A step ended, or a remark was made (`noted`). */
  line('step', { ...ofScenario, id, ...scenario.steps.element.shape }),
  /**
   * Something is waited for, until `limit` after this was first reported; reported again when the state that stands
   * instead (`now`, null: never seen) has changed.
   */
  line('awaits', {
    ...ofScenario,
    id,
    what: z.string(),
    now: z.string().nullable(),
    since: z.iso.datetime(),
    limit: duration,
    owner: z.string(),
  }),
  line('awaited', { ...ofScenario, id, state: z.enum(['met', 'broken', 'not-provable', 'timed-out']) }),
  /** `detail` has the proof of a fault that is proved. */
  line('fault', {
    ...ofScenario,
    name: z.string(),
    phase: z.enum(['entered', 'injected', 'proved', 'healed', 'failed']),
    detail: z.string(),
  }),
  line('finding', { ...ofScenario, ...scenario.findings.element.shape }),
  /** A promise that a known bug breaks was checked; `kept` says that it did not show. */
  line('known-bug', { ...ofScenario, ...scenario.bugs.unwrap().element.shape }),
  /** Where it failed, before the cleanup. */
  line('failure', { ...ofScenario, ...scenario.failure.unwrap().shape }),
  /** A premise was lost, which is no verdict: it begins once more when all others have ended. */
  line('premise-lost', { ...ofScenario, reason: z.string() }),
  line('scenario-end', {
    ...ofScenario,
    state: scenario.state,
    reason: scenario.reason,
    duration,
    evidence: scenario.evidence,
  }),
  /** `report` and `junit` are paths, from where the run was started. */
  line('run-end', {
    run,
    duration,
    provider,
    target,
    judged,
    end,
    totals,
    differences,
    report: z.string(),
    junit: z.string(),
  }),
]);

/** A line of `--output json`. */
export type JsonEvent = z.infer<typeof jsonEventSchema>;

type Untimed<Event> = Event extends unknown ? Omit<Event, 'at'> : never;

/** An event without the time at which it is written. */
export type UntimedEvent = Untimed<JsonEvent>;
