import type { TestContext } from 'vitest';
import { eventType, type ScenarioEvent } from '../report/record.ts';
import type { Finding, Kubernetes, Step } from '../report/schema.ts';

/** Where steps tell what they do. A step is told by the sentence it stands for, when it starts; then how it ended. */
export type StepReport = {
  step(sentence: string): { done(detail?: string): void; failed(error: unknown): void };
  finding(finding: { title: string; detail: string; link?: string }): void;
};

/** Opens the record of one scenario: everything is kept for the report, and ended steps are told to the reporter at once. */
export const openJournal = ({ context, interruption }: { context: TestContext; interruption: AbortSignal }) => {
  const steps: Step[] = [];
  const findings: Finding[] = [];
  const open: string[] = [];
  let told: Promise<unknown> = Promise.resolve();

  const send = (event: ScenarioEvent) => {
    // After an interruption vitest takes no more annotations; the steps of the clean-up then only reach the report.
    if (interruption.aborted) return;
    told = told.then(() => context.annotate(JSON.stringify(event), eventType)).catch(() => {});
  };
  const add = (step: Step) => {
    steps.push(step);
    send({ kind: 'step', step });
  };

  const report: StepReport = {
    step: (sentence) => {
      const start = performance.now();
      open.push(sentence);
      const end = (told: string, state: Step['state']) => {
        open.splice(open.indexOf(sentence), 1);
        add({ sentence: told, state, duration: Math.round(performance.now() - start) });
      };
      return {
        done: (detail) => end(detail === undefined ? sentence : `${sentence}: ${detail}`, 'passed'),
        failed: () => end(sentence, 'failed'),
      };
    },
    finding: (finding) => findings.push(finding),
  };

  return {
    report,
    steps,
    findings,
    note: (text: string) => add({ sentence: text, state: 'noted', duration: 0 }),
    cluster: (kubernetes: Kubernetes) => send({ kind: 'cluster', kubernetes }),
    /** Resolves when all that was said so far has reached the reporter: before the scenario ends, or it would come after its ending. */
    told: () => told,
    /** The step under way, or the last one that ended; undefined before the first. */
    doing: (): string | undefined => open.at(-1) ?? steps.at(-1)?.sentence,
  };
};
