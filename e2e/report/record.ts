import type { Finding, Kubernetes, ScenarioReport, Step } from './schema.ts';

/** What a scenario tells the reporter about itself, in vitest's task.meta: the seed when it is collected, the rest when it ends. */
export type ScenarioRecord = {
  seed: string | null;
  outcome?: {
    state: ScenarioReport['state'];
    reason: string | null;
    /** In ms, clean-up included. */
    duration: number;
    steps: Step[];
    findings: Finding[];
    kubernetes: Kubernetes | null;
  };
};

/** What a scenario tells the reporter while it runs, as annotations of this type whose message is JSON. */
export const eventType = 'corral';

export type ScenarioEvent = { kind: 'cluster'; kubernetes: Kubernetes } | { kind: 'step'; step: Step };

declare module 'vitest' {
  interface TaskMeta {
    corral?: ScenarioRecord;
  }
}
