import { type Command, InvalidArgumentError } from 'commander';
import { addSubcommands, newCommand, parseFlags, toExitCode } from '../e2e/cli/command.ts';
import { exitCode } from '../e2e/cli/exit-code.ts';

/** Reads a whole number from `least` on. */
const count =
  (least: number) =>
  (text: string): number => {
    if (!/^\d{1,9}$/.test(text) || Number(text) < least)
      throw new InvalidArgumentError(`give a whole number from ${least} on`);
    return Number(text);
  };

const print = (line: string): void => void process.stdout.write(`${line}\n`);

type Work = () => number | Promise<number>;

// Each benchmark is loaded when it is named.
const describe = (chosen: (work: Work) => void): Command => {
  const program = newCommand('bench', 'Measures one thing, and prints a table.');
  const tables = (work: () => Promise<string>): void =>
    chosen(async () => {
      print(await work());
      return exitCode.passed;
    });
  program
    .command('lab')
    .description('start labs from nothing, by phase; or build each part (cold)')
    .argument('[runs]', 'how many labs, or cold', (text) => (text === 'cold' ? text : count(1)(text)), 3)
    .action((runs: number | 'cold') =>
      tables(async () =>
        runs === 'cold'
          ? (await import('./lab/cold.ts')).benchCold(print)
          : (await import('./lab/run.ts')).benchLab(runs, print),
      ),
    );
  program
    .command('kills')
    .description('cut runs short at random moments, and list what each left')
    .argument('[kills]', 'how many kills', count(0), 20)
    .argument('[interrupts]', 'how many times Ctrl-C', count(0), 5)
    .action((kills: number, interrupts: number) =>
      chosen(async () => (await import('./kills/run.ts')).benchKills({ kills, interrupts, print })),
    );
  program
    .command('texts')
    .description(
      "count which error texts of Longhorn's sources `explain` recognises, for fixtures/source-texts.json",
    )
    .argument('<folder>', 'with clones of the repositories')
    .action((folder: string) => tables(async () => (await import('./texts/run.ts')).benchTexts(folder)));
  const own = {
    suite: {
      about: 'run e2e with these flags, and show where the time went',
      run: async (argv: string[]) => {
        print(`\n${await (await import('./suite/run.ts')).benchSuite(argv)}`);
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

/** `npm run bench`: runs one benchmark. Returns the exit code; every error is printed. */
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
