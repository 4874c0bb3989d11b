import type { RunningCluster } from '../../providers/provider.ts';
import { explainError } from '../report/explain-error.ts';
import { streamFor } from '../report/output.ts';
import { toVariables } from '../suite/config/environment.ts';
import { type ExitCode, exitCode } from './exit-code.ts';
import type { Run } from './run-on.ts';
import { toEnvironment } from './to-environment.ts';

/**
 * Takes a cluster down, or leaves it up where that was asked for or it is somebody's, and returns the exit code: a cluster that does not go away
 * is said beside what the scenarios came to, and only then makes it.
 */
export const leave = async (
  cluster: RunningCluster,
  { args, progress }: Run,
  { run, code }: { run: string; code: ExitCode },
): Promise<ExitCode> => {
  for (const text of cluster.trouble()) process.stderr.write(`e2e: in the cluster: ${text}\n`);
  if (args.keep && code !== exitCode.interrupted) {
    cluster.keep();
    const print = (line: string): void => void streamFor(args.output).write(`${line}\n`);
    print('');
    print('The cluster is left up (--keep).');
    for (const line of cluster.reach) print(line);
    const { CORRAL_RUN: _run, CORRAL_OUT: _out, ...variables } = toVariables(toEnvironment(cluster, { run, out: args.out }));
    const words = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
    print(`The scenarios again: ${words.join(' ')} npx vitest run --project e2e`);
    return code;
  }
  try {
    await (args.existing === undefined ? progress.step('Taking the cluster down', () => cluster.down()) : cluster.down());
    return code;
  } catch (error) {
    process.stderr.write(`e2e: the cluster did not go down: ${explainError(error)}\n`);
    return code === exitCode.passed ? exitCode.notFit : code;
  }
};
