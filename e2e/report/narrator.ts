import type { ScenarioEvent } from './record.ts';
import type { Kubernetes, Report, ScenarioReport } from './schema.ts';

/** How a narrator identifies a scenario. */
export type ScenarioIdentity = { id: string; name: string; file: string };

/** What is known about a run before its first scenario begins. */
export type RunStart = Pick<Report, 'run' | 'provider' | 'target' | 'judged'> & { round: number };

/** Prints a run while it is running: on the console, or as lines of JSON. */
export type Narrator = {
  begins(start: RunStart): void;
  /** Called once, with the cluster of the run. */
  cluster(kubernetes: Kubernetes): void;
  /** The number of scenarios, and how many run at once if that is already known. */
  knows(chosen: number, atOnce?: number): void;
  /** Output of a scenario itself. */
  prints(text: string): void;
  event(test: ScenarioIdentity, event: ScenarioEvent): void;
  ends(test: ScenarioIdentity, scenario: ScenarioReport): void;
  /**
   * The run was interrupted. `cleansUp`: scenarios still clean up. Otherwise the cluster is removed without a cleanup.
   */
  interrupted(by: string, how: { cleansUp: boolean }): void;
  /** The end of the output. `path` is the path of report.json. */
  closes(report: Report, path: string): void;
};
