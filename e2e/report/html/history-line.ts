import { z } from 'zod';
import { ownTime } from '../own-time.ts';
import type { Report } from '../schema.ts';

const state = z.enum(['passed', 'known-bug', 'failed', 'skipped', 'not-provable']);

const schema = z.object({
  run: z.string(),
  /** When it began. */
  date: z.iso.datetime(),
  target: z.string(),
  version: z.string().nullable(),
  provider: z.string(),
  end: z.string(),
  /** In ms. */
  duration: z.number(),
  /** Each with its own time, in ms. */
  scenarios: z.array(z.object({ name: z.string(), state, duration: z.number() })),
});

/** A run as the history of runs keeps it. */
export type HistoryLine = z.infer<typeof schema>;

/**
 * What the history of runs keeps of a report; a scenario that was run in several rounds is in it several
 * times.
 */
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
 * Reads the history of runs, the oldest first; a line that is none is left out, for another release may have
 * written it.
 */
export const parseHistory = (text: string): HistoryLine[] =>
  text.split('\n').flatMap((line) => {
    try {
      return schema.safeParse(JSON.parse(line)).data ?? [];
    } catch {
      return [];
    }
  });
