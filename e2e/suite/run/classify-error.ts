import { ExecError } from '../../kube/errors.ts';
import { troubleOf } from '../../kube/trouble.ts';
import type { ErrorClass } from '../../report/html/hint.ts';

const ofCode = ['TypeError', 'ReferenceError', 'SyntaxError', 'RangeError'];

const causes = (error: unknown): unknown[] =>
  error instanceof Error
    ? [error, ...(error instanceof AggregateError ? error.errors : [error.cause]).flatMap(causes)]
    : [];

/** What an error that ended a scenario says of where to look first; undefined where that is nothing. */
export const classifyError = (error: unknown): ErrorClass | undefined => {
  if (!(error instanceof Error)) return undefined;
  if (ofCode.includes(error.name)) return 'suite-code';
  // By shape, as in judge-end.ts: only an expectation says why the watch cannot vouch.
  const { verdict } = error as { verdict?: { state: string; reason?: string } };
  if (verdict?.state === 'not-provable' && verdict.reason !== undefined) return 'gap';
  const all = causes(error);
  if (all.some((each) => each instanceof ExecError && each.isPodGone)) return 'pod-gone';
  return all.some((each) => troubleOf(each) !== undefined) ? 'network' : undefined;
};
