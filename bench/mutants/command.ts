import { resolve } from 'node:path';
import { CommandError, type ExitCode, exitCode } from '../../e2e/cli/exit-code.ts';
import { explainError } from '../../e2e/report/explain-error.ts';
import { takeSignals } from '../../e2e/report/interruption.ts';
import { NotFit, type Progress } from '../../providers/provider.ts';
import { parseArguments } from './arguments.ts';
import { openGround } from './ground.ts';
import { runMutants } from './run.ts';

// One that plays a mutant leaves two processors idle for two thirds of its time.
const labs = 2;

type CommandOptions = { argv: string[]; config: string; progress: Progress };

/** `npm run mutants`: 0 when every mutant was killed by the assertion meant for it, 1 when one was not; the other codes are those of `npm run e2e`. */
export const runMutantsCommand = async ({ argv, config, progress }: CommandOptions): Promise<ExitCode> => {
  const first = new AbortController();
  const again = new AbortController();
  const giveBack = takeSignals({
    first: (signal) => first.abort(new CommandError(`interrupted by ${signal}`, exitCode.interrupted)),
    again: () => again.abort(),
  });
  try {
    const chosen = parseArguments(argv);
    if (chosen === undefined) return exitCode.passed;
    const ground = () => openGround({ config, progress, interruption: { first: first.signal, again: again.signal } });
    const grounds = [ground(), ...Array.from({ length: labs - 1 }, ground)] as const;
    try {
      const print = (text: string) => void process.stdout.write(`${text}\n`);
      const well = await runMutants({ chosen, grounds, out: resolve('.corral/mutants'), print });
      return well ? exitCode.passed : exitCode.failed;
    } finally {
      await Promise.all(grounds.map((each) => each.close()));
    }
  } catch (error) {
    const known = error instanceof CommandError || error instanceof NotFit;
    process.stderr.write(`mutants: ${known ? error.message : explainError(error)}\n`);
    return error instanceof CommandError ? error.exitCode : exitCode.notFit;
  } finally {
    giveBack();
  }
};
