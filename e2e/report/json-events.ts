import { z } from 'zod';
import { reportSchema } from './schema.ts';

const { run, provider, target, kubernetes, judged, end, totals, differences, duration, scenarios } =
  reportSchema.shape;
const scenario = scenarios.element.shape;

/**
 * Identifies the scenario of an event: its name, its file (relative to the folder in which the run was started) and
 * the repetition (round).
 */
const ofScenario = { run, scenario: scenario.name, file: scenario.file, round: scenario.round };

const id = z.int().positive();

/** A line of the output: the kind of the event (`event`), its time (`at`), and the given fields. */
const line = <Name extends string, Shape extends z.ZodRawShape>(event: Name, shape: Shape) =>
  z.strictObject({ event: z.literal(event), at: z.iso.datetime(), ...shape });

/**
 * The lines of `--output json`. The first line of a run is `run-start` and the last is `run-end`, also if no cluster
 * came up. Durations are in ms. New fields may be added; the meaning of a field never changes.
 */
export const jsonEventSchema = z.discriminatedUnion('event', [
  /** `target.version` is null before there is a cluster. */
  line('run-start', { run, provider, target, scenarios: z.int().nonnegative().nullable() }),
  /** The cluster that a round uses. */
  line('cluster', { run, round: scenario.round, kubernetes: kubernetes.unwrap() }),
  line('scenario-start', ofScenario),
  /** A step begins. `id` is its number in the scenario, from 1. */
  line('step-begins', { ...ofScenario, id, sentence: z.string() }),
  /** A step ended, or the scenario made a remark (`noted`). */
  line('step', { ...ofScenario, id, ...scenario.steps.element.shape }),
  /**
   * A wait for a state. It times out `limit` ms after its first event. `now` is the current state (null: no object
   * seen yet). The event is repeated with each change of `now`.
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
  /** `detail` contains the proof if `phase` is `proved`. */
  line('fault', {
    ...ofScenario,
    name: z.string(),
    phase: z.enum(['entered', 'injected', 'proved', 'healed', 'failed']),
    detail: z.string(),
  }),
  line('finding', { ...ofScenario, ...scenario.findings.element.shape }),
  /** A promise that a known bug breaks was checked. `kept`: the bug did not show. */
  line('known-bug', { ...ofScenario, ...scenario.bugs.unwrap().element.shape }),
  /** Written at the failure, before the cleanup. */
  line('failure', { ...ofScenario, ...scenario.failure.unwrap().shape }),
  /** The scenario lost a premise. This is not a verdict: it runs again after all other scenarios have ended. */
  line('premise-lost', { ...ofScenario, reason: z.string() }),
  line('scenario-end', {
    ...ofScenario,
    state: scenario.state,
    reason: scenario.reason,
    duration,
    evidence: scenario.evidence,
  }),
  /** `report` and `junit` are paths relative to the folder in which the run was started. */
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

type JsonEvent = z.infer<typeof jsonEventSchema>;

type Untimed<Event> = Event extends unknown ? Omit<Event, 'at'> : never;

/** An event without the time of writing. */
export type UntimedEvent = Untimed<JsonEvent>;
