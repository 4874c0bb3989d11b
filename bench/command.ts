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
  const stores = (name: string, about: string) =>
    program
      .command(name)
      .description(about)
      .argument('[blocks]', 'how many blocks', count(1), 10_000)
      .argument('[runs]', 'how many times', count(1), 3);
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
    .command('report')
    .description('open a report in headless Chromium, zoom and move in it, and time the frames')
    .argument('[events]', 'how many events the report has', count(1), 10_000)
    .action((events: number) =>
      tables(async () => (await import('./report/run.ts')).benchReport({ events })),
    );
  program
    .command('polling')
    .description('count how many short states a watch sees, and how many polls see')
    .action(() => tables(async () => (await import('./polling/run.ts')).benchPolling(print)));
  program
    .command('texts')
    .description(
      "count which error texts of Longhorn's sources `explain` recognises, for fixtures/source-texts.json",
    )
    .argument('<folder>', 'with clones of the repositories')
    .action((folder: string) => tables(async () => (await import('./texts/run.ts')).benchTexts(folder)));
  stores('store', 'check a store in a folder, beside sha512sum').action((blocks: number, runs: number) =>
    tables(async () => (await import('./store/run.ts')).benchStore({ blocks, runs, print })),
  );
  stores('s3', 'check a store in a bucket, beside the download of its blocks').action(
    (blocks: number, runs: number) =>
      tables(async () => (await import('./store/run-s3.ts')).benchS3({ blocks, runs, print })),
  );
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
