import { z } from 'zod';
import { ruleSchema } from './rule.ts';

/** An expectation in a history: its start, or its result. */
export const expectationSchema = z.object({
  /** Unique in a history; starts at 1. */
  id: z.int().positive(),
  phase: z.enum(['set', 'met', 'broken', 'not-provable', 'timed-out']),
  resource: z.string(),
  /** The name of the object; null if any object may match. */
  name: z.string().nullable(),
  label: z.string(),
  /** The expectation considers history from this time on, in seconds. */
  from: z.number(),
  steps: z.array(z.string()),
  /** The intended result. Missing if the expectation is meant to be met. */
  wanted: z.literal('timed-out').optional(),
  /** The time-out in seconds. If there is an `atMost`, it starts again with each change. */
  limit: z.number(),
  /** The maximum time in seconds, however often the time-out starts again. */
  atMost: z.number().optional(),
  owner: z.string(),
  /** Only with phase `set`. Missing if only the code of the expectation can judge it. */
  rule: ruleSchema.optional(),
  reason: z.string().optional(),
  reached: z.array(z.object({ label: z.string(), at: z.number() })).optional(),
  /** When the deciding event arrived. Missing if the time-out decided. */
  by: z.number().optional(),
  /** The watches that had no connection at the time-out. */
  cutOff: z.array(z.object({ resource: z.string(), watch: z.int().optional() })).optional(),
});

export type ExpectationMarker = z.infer<typeof expectationSchema>;

/** A watch that ended with an error while an expectation needed it. */
const endedWatchSchema = z.object({ resource: z.string(), watch: z.int().optional(), reason: z.string() });

/** A watch that lists its collection again. The listing ends a gap. */
const listingSchema = z.object({ resource: z.string(), watch: z.int().optional() });

/** Which place the run suggested for the search for the cause of the failure. */
const pointsToSchema = z.object({ place: z.string(), because: z.array(z.string()) });

/**
 * The fields of a marker that are needed for judging a history again, and for comparing the suggested place and the
 * known bug. All other fields are for readers.
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

/** The markers that a scenario writes between the events. */
export type ScenarioMarker =
  | StepMarker
  | FaultMarker
  | LockMarker
  | FindingMarker
  | BugMarker
  | PointsToMarker;
