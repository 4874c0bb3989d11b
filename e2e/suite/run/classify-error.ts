import { ExecError } from '../../kube/errors.ts';
import { outageOf } from '../../kube/outage.ts';
import type { ErrorClass } from '../../report/html/hint.ts';

const codeErrors = ['TypeError', 'ReferenceError', 'SyntaxError', 'RangeError'];

const causes = (error: unknown): unknown[] =>
  error instanceof Error
    ? [error, ...(error instanceof AggregateError ? error.errors : [error.cause]).flatMap(causes)]
    : [];

/** Classifies the error that ended a scenario, as a hint at the cause. Undefined if the error gives no hint. */
export const classifyError = (error: unknown): ErrorClass | undefined => {
  if (!(error instanceof Error)) return undefined;
  if (codeErrors.includes(error.name)) return 'suite-code';
  // Checked by its fields, as in judge-end.ts. Only an expectation gives a reason for not being provable.
  const { verdict } = error as { verdict?: { state: string; reason?: string } };
  if (verdict?.state === 'not-provable' && verdict.reason !== undefined) return 'gap';
  const all = causes(error);
  if (all.some((each) => each instanceof ExecError && each.isPodGone)) return 'pod-gone';
  return all.some((each) => outageOf(each) !== undefined) ? 'network' : undefined;
};
