import { z } from 'zod';
import { ruleSchema } from './rule.ts';

/** How an expectation stands: from its beginning to what it came to. */
export const expectationSchema = z.object({
  /** Counts from 1 in a history. */
  id: z.int().positive(),
  phase: z.enum(['set', 'met', 'broken', 'not-provable', 'timed-out']),
  resource: z.string(),
  /** The object; null for any that fits. */
  name: z.string().nullable(),
  label: z.string(),
  /** From when on history counts, in seconds. */
  from: z.number(),
  steps: z.array(z.string()),
  /** How it is meant to end; missing where it is meant to be met. */
  wanted: z.literal('timed-out').optional(),
  /** In seconds; it begins anew with each change, where there is an `atMost`. */
  limit: z.number(),
  /** In seconds: how long it lasts in all, while something changes. */
  atMost: z.number().optional(),
  owner: z.string(),
  /** With the phase `set` alone; missing for what only its own code can judge. */
  rule: ruleSchema.optional(),
  reason: z.string().optional(),
  reached: z.array(z.object({ label: z.string(), at: z.number() })).optional(),
  /** When the event came that decided it; missing where the end of the time did. */
  by: z.number().optional(),
  /** The watches that had no connection when the time was over. */
  cutOff: z.array(z.object({ resource: z.string(), watch: z.int().optional() })).optional(),
});

export type ExpectationMarker = z.infer<typeof expectationSchema>;

/** A watch that ended for good while something was expected of it. */
const endedWatchSchema = z.object({ resource: z.string(), watch: z.int().optional(), reason: z.string() });

/** A watch that begins to list its collection anew: whatever a gap hid ends here. */
const listingSchema = z.object({ resource: z.string(), watch: z.int().optional() });

/** Where to look first for what made the scenario fail, as it was decided then. */
const pointsToSchema = z.object({ place: z.string(), because: z.array(z.string()) });

/**
 * What of a marker decides how a history is judged again, where it was said to point to, and which known bug
 * showed; all else in it is for readers.
 */
export const markerSchema = z.object({
  at: z.number(),
  marker: z.string(),
  expectation: expectationSchema.optional(),
  ended: endedWatchSchema.optional(),
  listing: listingSchema.optional(),
  pointsTo: pointsToSchema.optional(),
  bug: z.object({ id: z.string(), kept: z.boolean() }).optional(),
});

type StepMarker = {
  step: { id: number; phase: 'begins' | 'passed' | 'failed' | 'noted' | 'known-bug'; sentence: string };
};
type BugMarker = { bug: { id: string; kept: boolean; listed: boolean; seen: string } };
type FaultMarker = {
  fault: {
    id: string;
    name: string;
    phase: 'entered' | 'injected' | 'proved' | 'healed' | 'failed';
    detail: string;
  };
};
export type LockMarker = { lock: { things: readonly string[]; phase: 'asks' | 'has' | 'gave-back' } };
type PointsToMarker = { pointsTo: z.infer<typeof pointsToSchema> };
type FindingMarker = {
  finding: { code?: string | undefined; title: string; detail: string; link?: string | undefined };
};

/** What a scenario records of itself between the events. */
export type ScenarioMarker =
  | StepMarker
  | FaultMarker
  | LockMarker
  | FindingMarker
  | BugMarker
  | PointsToMarker;
