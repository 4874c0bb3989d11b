import { resolve } from 'node:path';
import { collectValues, newCommand, parseFlags, reportError } from '../../e2e/cli/command.ts';
import { CommandError, type ExitCode, exitCode, usageError } from '../../e2e/cli/exit-code.ts';
import { PreconditionError } from '../../e2e/machine/precondition-error.ts';
import { handleSignals } from '../../e2e/report/interruption.ts';
import { whyNoBrowser } from '../../e2e/ui/chromium.ts';
import { type Mutant, mutants } from '../../emulator/mutants.ts';
import { fetchesBrowser } from '../../providers/browser.ts';
import type { ProgressDisplay } from '../../providers/provider.ts';
import { scenariosOfFix } from './expected.ts';
import { openFixture } from './fixture.ts';
import { runMutants } from './run.ts';

// A lab that runs a mutant leaves two processors idle for two thirds of the time, so two labs run in
// parallel.
const labs = 2;

type CommandOptions = {
  argv: string[];
  config: string;
  crashMatrix: string;
  soak: string;
  progress: ProgressDisplay;
};

/**
 * `npm run mutants`: returns 0 if the expected assertion killed every mutant, 1 if not. The other exit codes
 * are those of `npm run e2e`.
 */
export const runMutantsCommand = async (options: CommandOptions): Promise<ExitCode> => {
  const { argv, ...forLabs } = options;
  const interrupted = new AbortController();
  const restoreSignals = handleSignals({
    first: (signal) => interrupted.abort(new CommandError(`interrupted by ${signal}`, exitCode.interrupted)),
    later: () => {},
  });
  try {
    const chosen = parseArguments(argv);
    // Checked before a lab starts: the scenarios without a bug come first and take ten minutes.
    const ofPage = chosen.find((mutant) => mutant.startsWith('page-'));
    const noBrowser = ofPage && !(await fetchesBrowser()) && whyNoBrowser(process.env);
    if (noBrowser) throw new PreconditionError({ code: 'browser-missing', what: `${ofPage} ${noBrowser}` });
    const fixture = () => openFixture({ ...forLabs, signal: interrupted.signal });
    const fixtures = [fixture(), ...Array.from({ length: labs - 1 }, fixture)] as const;
    try {
      const print = (text: string) => void process.stdout.write(`${text}\n`);
      const well = await runMutants({ chosen, fixtures, out: resolve('.corral/mutants'), print });
      return well ? exitCode.passed : exitCode.failed;
    } finally {
      await Promise.all(fixtures.map((each) => each.close()));
    }
  } catch (error) {
    return reportError('mutants', error);
  } finally {
    restoreSignals();
  }
};

// A fix that only the store matrix can show has no scenarios. The self tests cover it.
const known = [
  ...Object.keys(mutants),
  ...Object.entries(scenariosOfFix).flatMap(([fix, scenarios]) => (scenarios.length === 0 ? [] : [fix])),
] as Mutant[];

/** Returns the mutants to run. Throws a one-line CommandError for a wrong flag. */
const parseArguments = (argv: string[]): Mutant[] => {
  const command = newCommand(
    'mutants',
    "Runs the scenarios on the emulator with one bug at a time, and prints which assertion noticed it; or with one of Longhorn's bugs fixed.",
  ).option('--only <mutant>', 'only this one; repeatable', collectValues);
  parseFlags(command, argv);
  const { only = [] } = command.opts<{ only?: string[] }>();
  const unknown = only.find((name) => !known.some((mutant) => mutant === name));
  if (unknown !== undefined)
    throw usageError(`--only ${unknown}: there is no such mutant; there are: ${known.join(', ')}`);
  return only.length === 0 ? known : known.filter((name) => only.includes(name));
};
