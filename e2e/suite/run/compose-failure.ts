import { redactAll } from '../../kube/redact/redact.ts';
import { explainError } from '../../report/explain-error.ts';
import type { Failure } from '../../report/schema.ts';
import type { openJournal } from './journal.ts';

type FailureSources = {
  journal: Pick<ReturnType<typeof openJournal>, 'steps' | 'faults'>;
  /** What the product under test has said so far. */
  messages: (() => Failure['messages']) | undefined;
  paths: string[];
  pointsTo?: Failure['pointsTo'];
};

/**
 * Puts together what is printed of a failure where it happened: the step, the reason, what Longhorn had said,
 * and the faults that were in force.
 */
export const composeFailure = (
  error: unknown,
  { journal, messages, paths, pointsTo }: FailureSources,
): Failure =>
  redactAll({
    step: journal.steps.findLast(({ state }) => state === 'failed')?.sentence ?? null,
    reason: explainError(error),
    messages: toldMessages(messages),
    faults: journal.faults().map(({ title, phase, proof }) => ({ name: title, state: phase, proof })),
    evidence: paths,
    ...(pointsTo && { pointsTo }),
  });

// Reported besides the failure: what goes wrong in reporting must not take its place.
const toldMessages = (messages: FailureSources['messages']): Failure['messages'] => {
  try {
    return messages?.() ?? [];
  } catch {
    return [];
  }
};
