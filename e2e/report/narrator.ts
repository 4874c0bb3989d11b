import type { ScenarioEvent } from './record.ts';
import type { Kubernetes, Report, ScenarioReport } from './schema.ts';

/** A scenario as a narrator knows it. */
export type ScenarioIdentity = { id: string; name: string; file: string };

/** What is known of a run before a scenario of it begins. */
export type RunStart = Pick<Report, 'run' | 'provider' | 'target' | 'judged'> & { round: number };

/** Prints a run while it goes on: on the console, or as lines of JSON. */
export type Narrator = {
  begins(start: RunStart): void;
  /** The cluster that the run resolved, once. */
  cluster(kubernetes: Kubernetes): void;
  /**
   * How many scenarios are known to come, and how many of them run at once, as soon as that is known.
   */
  knows(chosen: number, atOnce?: number): void;
  /** What a scenario printed by itself. */
  prints(text: string): void;
  event(test: ScenarioIdentity, event: ScenarioEvent): void;
  ends(test: ScenarioIdentity, scenario: ScenarioReport): void;
  /** The run was interrupted: scenarios only clean up, or not even that, where their cluster goes down. */
  breaksOff(by: string, how: { cleansUp: boolean }): void;
  /** The end of the output; `path` is that of report.json. */
  closes(report: Report, path: string): void;
};
