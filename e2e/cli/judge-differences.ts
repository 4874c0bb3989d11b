import type { RunningCluster } from '../../providers/provider.ts';
import { readReport, writeReport } from '../report/file.ts';
import { streamFor } from '../report/output.ts';
import { type ExitCode, exitCode } from './exit-code.ts';
import { inOneLine } from './in-one-line.ts';
import type { Run } from './run-on.ts';

/**
 * Compares a cluster that was there before the run with what it was then, however the run ended. Each difference is told on stderr and in the
 * report, and fails a run that would have passed; a run whose cluster could not be compared has not passed either.
 */
export const judgeDifferences = async (
  cluster: RunningCluster,
  { args, interruption, progress }: Run,
  code: ExitCode,
): Promise<ExitCode> => {
  const { differences } = cluster;
  if (differences === undefined) return code;
  const found = await progress
    .step('Comparing the cluster with what it was before the run', () => differences({ signal: interruption.again }))
    .catch((error: unknown) => {
      complain(`the cluster could not be compared with what it was before the run: ${inOneLine((error as Error).message)}`);
      return null;
    });
  if (found?.length === 0) streamFor(args.output).write('The cluster is as it was before the run.\n');
  for (const difference of found ?? []) complain(`not as before the run: ${difference}`);
  await writeDown(args.out, found);
  if (code !== exitCode.passed) return code;
  if (found === null) return exitCode.notFit;
  return found.length > 0 ? exitCode.failed : code;
};

const complain = (line: string): void => void process.stderr.write(`e2e: ${line}\n`);

const writeDown = async (out: string, found: readonly string[] | null): Promise<void> => {
  const report = await readReport(out);
  if (report !== undefined) await writeReport(out, { ...report, differences: found && [...found] });
};
