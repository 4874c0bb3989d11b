import type { Command } from 'commander';
import { addSubcommands, newCommand, parseFlags, toExitCode } from '../e2e/cli/command.ts';
import { exitCode } from '../e2e/cli/exit-code.ts';
import { printLines } from '../e2e/kube/print-lines.ts';

type Work = () => number | Promise<number>;

// A benchmark's module is imported only when that benchmark runs.
const describe = (chosen: (work: Work) => void): Command => {
  const program = newCommand('bench', 'Measures one thing, and prints a table.');
  program
    .command('texts')
    .description(
      "count which error texts of Longhorn's sources `explain` recognises, for fixtures/source-texts.json",
    )
    .argument('<folder>', 'with clones of the repositories')
    .action((folder: string) =>
      chosen(async () => {
        printLines(await (await import('./texts/run.ts')).benchTexts(folder));
        return exitCode.passed;
      }),
    );
  const own = {
    suite: {
      about: 'run e2e with these flags, and show where the time went',
      run: async (argv: string[]) => {
        printLines(`\n${await (await import('./suite/run.ts')).benchSuite(argv)}`);
        return exitCode.passed;
      },
    },
    times: {
      about: 'measure how long the commands of the documents take, for fixtures/times.json',
      run: async (argv: string[]) => (await import('./times/run.ts')).benchTimes(argv),
    },
  };
  return addSubcommands(program, own, chosen);
};

/** `npm run bench`: runs one benchmark. Returns the exit code. Every error is printed. */
export const runBenchCommand = (argv: readonly string[]): Promise<number> =>
  toExitCode<number>('bench', () => {
    let work: Work = () => exitCode.passed;
    parseFlags(
      describe((chosen) => {
        work = chosen;
      }),
      argv,
    );
    return work();
  });
