import { redactAll } from '../../kube/redact/redact.ts';
import { explainError } from '../../report/explain-error.ts';
import type { Failure } from '../../report/schema.ts';
import type { openJournal } from './journal.ts';

type FailureSources = {
  journal: Pick<ReturnType<typeof openJournal>, 'steps' | 'faults'>;
  /** The messages of Longhorn so far. */
  messages: (() => Failure['messages']) | undefined;
  paths: string[];
  pointsTo?: Failure['pointsTo'];
};

/** Composes the failure that is printed at once: the step, the reason, Longhorn's messages, and the faults in force. */
export const composeFailure = (
  error: unknown,
  { journal, messages, paths, pointsTo }: FailureSources,
): Failure =>
  redactAll({
    step: journal.steps.findLast(({ state }) => state === 'failed')?.sentence ?? null,
    reason: explainError(error),
    messages: readMessages(messages),
    faults: journal.faults().map(({ title, phase, proof }) => ({ name: title, state: phase, proof })),
    evidence: paths,
    ...(pointsTo && { pointsTo }),
  });

// An error while reporting must not replace the failure.
const readMessages = (messages: FailureSources['messages']): Failure['messages'] => {
  try {
    return messages?.() ?? [];
  } catch {
    return [];
  }
};
