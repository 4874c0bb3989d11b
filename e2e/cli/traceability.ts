import { printLines } from '../kube/print-lines.ts';
import { newCommand, parseFlags, toExitCode } from './command.ts';
import { type ExitCode, exitCode } from './exit-code.ts';
import { describeTrace, readProject, trace } from './traceability/trace.ts';

const about = 'Prints each sentence of the source documents with the steps that prove it.';

/**
 * `npx corral traceability`: prints every sentence of the seed documents with the steps that prove it. Returns the exit
 * code: 0 each sentence has a step or a reason, 1 a sentence has neither or its scenario does not exist, 2 usage.
 */
export const runTraceabilityCommand = (argv: readonly string[]): Promise<ExitCode> =>
  toExitCode('traceability', () => {
    parseFlags(newCommand('traceability', about), argv);
    const traced = trace(readProject());
    printLines(...describeTrace(traced));
    const whole =
      traced.problems.length === 0 &&
      traced.sentences.every(({ problems, missing }) => problems.length + missing.length === 0);
    return whole ? exitCode.passed : exitCode.failed;
  });
