import { recordArtifact, type TestContext } from 'vitest';
import type { FaultEvent } from '../../faults/fault.ts';
import { redact, redactAll } from '../../kube/redact/redact.ts';
import type { TimeAccount } from '../../kube/time-account.ts';
import { type Awaiting, eventType, type ScenarioEvent } from '../../report/record.ts';
import {
  type KnownBug,
  type Kubernetes,
  nothingSpent,
  type ReportFinding,
  type ReportStep,
} from '../../report/schema.ts';
import type { ScenarioMarker } from '../evidence/history/markers.ts';
import type { StepReport } from '../steps/deps.ts';
import { toTimeSpent } from './account-report.ts';

/**
 * Opens the journal of one scenario. It keeps everything for the report, sends it to the reporter at once, and passes
 * it to `keep` for the history.
 */
export const openJournal = ({
  context,
  interruption,
  account,
  keep,
}: {
  context: TestContext;
  interruption: AbortSignal;
  account: Pick<TimeAccount, 'spent'>;
  keep: (marker: string, fields: ScenarioMarker) => void;
}) => {
  const steps: ReportStep[] = [];
  const findings: ReportFinding[] = [];
  const bugs: KnownBug[] = [];
  const open: string[] = [];
  const awaited = new Map<number, Awaiting>();
  const faults = new Map<string, FaultEvent & { proof: string | null }>();
  let sent: Promise<unknown> = Promise.resolve();
  let begun = 0;

  const send = (event: ScenarioEvent) => {
    if (event.kind === 'awaits') awaited.set(event.id, event);
    if (event.kind === 'awaited') awaited.delete(event.id);
    // Vitest ends an interrupted test at once. The steps of its cleanup reach only the report.
    if (interruption.aborted) return;
    sent = sent.then(() => recordArtifact(context.task, { type: eventType, event })).catch(() => {});
  };
  const add = (id: number, step: ReportStep) => {
    steps.push(step);
    keep(step.sentence, { step: { id, phase: step.state, sentence: step.sentence } });
    send({ kind: 'step', step, id });
  };
  const begin = (): number => {
    begun += 1;
    return begun;
  };

  const report: StepReport = {
    step: (plain) => {
      const id = begin();
      const sentence = redact(plain);
      const start = performance.now();
      const before = account.spent();
      const from = steps.length;
      open.push(sentence);
      keep(sentence, { step: { id, phase: 'begins', sentence } });
      send({ kind: 'step-begins', id, sentence, at: new Date().toISOString() });
      const end = (text: string, state: ReportStep['state']) => {
        open.splice(open.indexOf(sentence), 1);
        add(id, {
          sentence: text,
          state,
          duration: Math.round(performance.now() - start),
          account: toTimeSpent(account.spent(), before),
        });
      };
      return {
        done: (detail) => end(detail === undefined ? sentence : redact(`${plain}: ${detail}`), 'passed'),
        failed: () => end(sentence, 'failed'),
        knownBug: (detail) => {
          for (const step of steps.slice(from)) if (step.state === 'failed') step.state = 'known-bug';
          end(redact(`${plain}: ${detail}`), 'known-bug');
        },
      };
    },
    finding: (plain) => {
      const finding = redactAll(plain);
      findings.push(finding);
      keep(`finding: ${finding.title}`, { finding });
      send({ kind: 'finding', finding });
    },
    bug: (plain) => {
      const bug = redactAll(plain);
      bugs.push(bug);
      keep(`known bug ${bug.id}: ${bug.kept ? 'its promise is kept' : 'it shows'}`, { bug });
      send({ kind: 'bug', bug });
    },
    fault: (plain) => {
      const fault = redactAll(plain);
      const { title: _, id, name, phase, detail } = fault;
      const proof = phase === 'proved' ? detail : (faults.get(id)?.proof ?? null);
      faults.set(id, { ...fault, proof });
      keep(`fault ${phase}: ${fault.title}`, { fault: { id, name, phase, detail } });
      send({ kind: 'fault', name, phase, detail });
    },
  };

  return {
    report,
    send,
    steps,
    findings,
    bugs,
    note: (text: string) =>
      add(begin(), { sentence: redact(text), state: 'noted', duration: 0, account: nothingSpent }),
    starts: () => send({ kind: 'start' }),
    cluster: (kubernetes: Kubernetes) => send({ kind: 'cluster', kubernetes }),
    /**
     * Resolves when everything sent so far has reached the reporter. Call it before the scenario ends, so that no
     * event arrives after its end. After an interruption it does not wait, because the reporter may be gone.
     */
    delivered: async (): Promise<void> => {
      const { promise, resolve } = Promise.withResolvers<void>();
      interruption.addEventListener('abort', () => resolve(), { once: true });
      if (interruption.aborted) resolve();
      await Promise.race([sent, promise]);
    },
    /** The current step, or the last one that ended. Undefined before the first. */
    doing: (): string | undefined => open.at(-1) ?? steps.at(-1)?.sentence,
    /** The latest reported wait, which has lasted a second or longer. Undefined if there is none. */
    awaits: (): Awaiting | undefined => [...awaited.values()].at(-1),
    /** The faults that are not healed, each with its last proof that it was in force. */
    faults: () => [...faults.values()].filter(({ phase }) => phase !== 'healed'),
  };
};
