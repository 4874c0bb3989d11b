import { z } from 'zod';

/** Where to look first for what went wrong: a hint, with what speaks for it. */
const pointsToSchema = z.strictObject({
  at: z.enum(['longhorn', 'cluster', 'suite', 'unclear']),
  /** As a reader is told: "Longhorn", "the emulator (in the place of Longhorn)". */
  place: z.string(),
  because: z.array(z.string()),
});

/** What is told of a failure on the spot. */
export const failureSchema = z.strictObject({
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
  /** Decided where it was played, by its own history and the faults of the whole run; missing in reports of before. */
  pointsTo: pointsToSchema.optional(),
});

export type Failure = z.infer<typeof failureSchema>;
export type PointsTo = z.infer<typeof pointsToSchema>;
