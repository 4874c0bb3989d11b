import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { addSubcommands, newCommand, parseFlags, type Subcommand, toExitCode } from '../e2e/cli/command.ts';
import { usageError } from '../e2e/cli/exit-code.ts';

const config = fileURLToPath(new URL('../vitest.config.ts', import.meta.url));

const soak = fileURLToPath(new URL('../e2e/soak/vitest.config.ts', import.meta.url));
const crashMatrix = fileURLToPath(new URL('../e2e/crash-matrix/vitest.config.ts', import.meta.url));

const progress = async () => (await import('../providers/progress.ts')).createProgress();

// A command is imported only when it runs: most take a part of a second to load.

const ofStores: Record<string, Subcommand> = {
  matrix: {
    about: 'run an engine on a store in which one call fails',
    run: async (argv) => {
      const { runStoreMatrixCommand } = await import('../e2e/cli/store-matrix.ts');
      const { emulatorEngine: emulator, realEngine: real } = await import('../providers/matrix-engine.ts');
      return runStoreMatrixCommand(argv, { emulator, real });
    },
  },
  image: {
    about: "write the image of the backup stores' pods as an archive",
    run: async (argv) => {
      const { runStoreImageCommand } = await import('../e2e/cli/store-image.ts');
      const { packStoreImage: pack } = await import('../providers/pack-store-image.ts');
      return runStoreImageCommand(argv, { pack });
    },
  },
};

const ofRuns: Record<string, Subcommand> = {
  e2e: {
    about: 'run the scenarios, in a cluster of their own or in yours',
    run: async (argv) => {
      const { runE2e } = await import('../e2e/cli/run-command.ts');
      const { providers } = await import('../providers/index.ts');
      return runE2e({ argv, providers, config });
    },
  },
  'crash-matrix': {
    about: 'disturb each write of an operation, and check what is left',
    run: async (argv) => {
      const { runCrashMatrixCommand } = await import('../e2e/cli/crash-matrix.ts');
      const { proxiedLabProvider: lab } = await import('../providers/lab.ts');
      return runCrashMatrixCommand(argv, { providers: { lab: async () => lab }, config: crashMatrix });
    },
  },
  soak: {
    about: 'do random actions on backups, check what is left, and reduce a failure',
    run: async (argv) => {
      const { runSoakCommand } = await import('../e2e/cli/soak.ts');
      const { labProvider: lab } = await import('../providers/lab.ts');
      return runSoakCommand(argv, { providers: { lab: async () => lab }, config: soak });
    },
  },
  doctor: {
    about: 'check what a run needs, and say how to get what is missing',
    run: async (argv) => {
      const { runDoctorCommand } = await import('../e2e/cli/doctor.ts');
      const { doctorLines, examineAll } = await import('../providers/doctor/diagnose.ts');
      const { providers } = await import('../providers/index.ts');
      return runDoctorCommand(argv, { providers: Object.keys(providers), examineAll, doctorLines });
    },
  },
  rbac: {
    about: 'print the rights that a run needs in your cluster',
    run: async (argv) => (await import('../e2e/cli/rbac.ts')).runRbacCommand(argv),
  },
  heal: {
    about: 'undo the faults that a killed run has left in a cluster',
    run: async (argv) => (await import('../e2e/cli/heal.ts')).runHealCommand(argv),
  },
  cleanup: {
    about: 'remove the objects that runs have left in a cluster',
    run: async (argv) => (await import('../e2e/cli/cleanup.ts')).runCleanupCommand(argv),
  },
  fleet: {
    about: 'run the scenarios in the pods of a Kubernetes Job',
    run: async (argv) => (await import('../e2e/cli/fleet.ts')).runFleetCommand(argv),
  },
};

const ofReports: Record<string, Subcommand> = {
  report: {
    about: 'write report.html for a run, or for several',
    run: async (argv) => (await import('../e2e/cli/report.ts')).runReportCommand(argv),
  },
  'merge-reports': {
    about: 'merge the reports of shards',
    run: async (argv) => (await import('../e2e/cli/merge-reports.ts')).runMergeReportsCommand(argv),
  },
  compare: {
    about: 'show where two runs differ',
    run: async (argv) => (await import('../e2e/cli/compare.ts')).runCompareCommand(argv),
  },
  replay: {
    about: 'judge the recorded histories of a run again',
    run: async (argv) => (await import('../e2e/cli/replay.ts')).runReplayCommand(argv),
  },
  explain: {
    about: 'look up what a message of Longhorn means',
    run: async (argv) => (await import('../e2e/cli/explain.ts')).runExplainCommand(argv),
  },
  bugs: {
    about: 'list the known bugs of Longhorn, and write a report of one',
    run: async (argv) => (await import('../e2e/cli/bugs.ts')).runBugsCommand(argv),
  },
  promises: {
    about: "list what Longhorn's documents promise, and how much of it the scenarios test",
    run: async (argv) => (await import('../e2e/cli/promises.ts')).runPromisesCommand(argv),
  },
  traceability: {
    about: 'list which step proves which sentence of the documents',
    run: async (argv) => (await import('../e2e/cli/traceability.ts')).runTraceabilityCommand(argv),
  },
};

const ofParts: Record<string, Subcommand> = {
  lab: {
    about: 'start and stop the embedded cluster, and make its parts fail',
    run: async (argv) => {
      const { runLabCommand } = await import('../lab/command/run.ts');
      return runLabCommand(argv, (await progress()).step);
    },
  },
  store: {
    about: 'check a Longhorn backup store, or test what happens when one fails',
    run: async (argv) => (await import('../e2e/cli/store/run.ts')).runStoreCommand(argv, ofStores),
  },
  emulator: {
    about: 'pack the Longhorn emulator as a release',
    run: (argv) =>
      runOne('emulator', 'The Longhorn emulator.', { groups: { 'Commands:': ofEmulator }, argv }),
  },
};

const ofEmulator: Record<string, Subcommand> = {
  pack: {
    about: 'write a release of the emulator into a folder, for --longhorn archive:DIR',
    run: async (argv) => {
      const { runEmulatorPackCommand } = await import('../e2e/cli/emulator-pack.ts');
      const { packEmulator: pack } = await import('../providers/emulator-pack.ts');
      return runEmulatorPackCommand(argv, { pack: async (folder) => pack(folder, await progress()) });
    },
  },
};

const ofContributors: Record<string, Subcommand> = {
  docs: {
    about: 'write the generated parts of the documents',
    run: async (argv) => (await import('../e2e/cli/docs.ts')).runDocsCommand(argv),
  },
  mutants: {
    about: 'run the scenarios on an emulator with one bug at a time',
    run: async (argv) => {
      const { runMutantsCommand } = await import('../bench/mutants/command.ts');
      return runMutantsCommand({ argv, config, crashMatrix, soak, progress: await progress() });
    },
  },
  bench: {
    about: 'measure the suite, the times of the documents, and which texts `explain` recognises',
    run: async (argv) => (await import('../bench/command.ts')).runBenchCommand(argv),
  },
};

const groups = {
  'Runs:': ofRuns,
  'Reports and messages:': ofReports,
  'Lab, stores and emulator:': ofParts,
  'For contributors:': ofContributors,
};

const examples = `
Examples:
  npx corral doctor
  npx corral e2e --list
  npx corral e2e --tags 'recurring-jobs && !denied-snapshots'
  npx corral e2e --last-failed --pause-on-failure
  npx corral e2e --list --provider existing --kubeconfig FILE --context NAME --store-image IMAGE

npx corral COMMAND --help describes a command.`;

/** Former names of commands, and their present names. */
const renamed: Record<string, string> = { 'store-matrix': 'store matrix', 'store-image': 'store image' };

const readVersion = (): string =>
  (JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string })
    .version;

type RunOneOptions = { groups: Record<string, Record<string, Subcommand>>; argv: string[]; after?: string };

/** Runs the subcommand in the first argument, and returns its exit code. */
const runOne = (words: string, about: string, { groups, argv, after = '' }: RunOneOptions): Promise<number> =>
  toExitCode<number>(words || 'corral', () => {
    let work: () => number | Promise<number> = () => 0;
    const program = newCommand(words, about).usage('COMMAND [FLAGS...]').addHelpText('after', after);
    if (words === '') program.version(readVersion());
    program.configureHelp({ subcommandTerm: (command) => command.name() });
    for (const [heading, subcommands] of Object.entries(groups)) {
      program.commandsGroup(heading);
      addSubcommands(program, subcommands, (chosen) => {
        work = chosen;
      });
    }
    parseFlags(program, argv);
    return work();
  });

/** `npx corral`: runs a command and returns its exit code. Every error is printed. */
export const runCorral = (words: string[]): Promise<number> => {
  // As in git and kubectl, `help COMMAND` is `COMMAND --help`.
  const argv = words[0] === 'help' ? [...words.slice(1), '--help'] : words;
  const now = renamed[argv[0] ?? ''];
  if (now !== undefined)
    return toExitCode('corral', () => {
      throw usageError(`${argv[0]} is now ${now}: npx corral ${now}`);
    });
  const about = 'Corral, an end-to-end test suite for Longhorn backups.';
  return runOne('', about, { groups, argv, after: examples });
};
