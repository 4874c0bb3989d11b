import { z } from 'zod';
import { ownTime } from '../own-time.ts';
import type { Report } from '../schema.ts';

const state = z.enum(['passed', 'known-bug', 'failed', 'skipped', 'not-provable']);

const schema = z.object({
  run: z.string(),
  /** The start of the run. */
  date: z.iso.datetime(),
  target: z.string(),
  version: z.string().nullable(),
  provider: z.string(),
  end: z.string(),
  /** In ms. */
  duration: z.number(),
  /** `duration` is the scenario's own time (see ownTime), in ms. */
  scenarios: z.array(z.object({ name: z.string(), state, duration: z.number() })),
});

/** A line of the history of runs. */
export type HistoryLine = z.infer<typeof schema>;

/** Converts a report into a line of the history of runs. A scenario with several rounds occurs several times. */
export const toHistoryLine = ({
  run,
  startedAt,
  target,
  provider,
  end,
  duration,
  scenarios,
}: Report): HistoryLine => ({
  run,
  date: startedAt,
  target: target.name,
  version: target.version,
  provider,
  end: end.state,
  duration,
  scenarios: scenarios.map((scenario) => ({
    name: scenario.name,
    state: scenario.state,
    duration: Math.round(ownTime(scenario)),
  })),
});

/**
 * Parses the history of runs, the oldest run first. Invalid lines are skipped, because another release may have
 * written them.
 */
export const parseHistory = (text: string): HistoryLine[] =>
  text.split('\n').flatMap((line) => {
    try {
      return schema.safeParse(JSON.parse(line)).data ?? [];
    } catch {
      return [];
    }
  });
