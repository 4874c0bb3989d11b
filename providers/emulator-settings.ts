import { type ClockName, clocks } from '../emulator/clocks.ts';
import { isVersion, versions } from '../emulator/modelled-on.ts';
import { fixes, isGivenBug, isMutant, type Mutant, mutants } from '../emulator/mutants.ts';
import { NotFit } from './provider.ts';

/**
 * How the emulator runs: its clock, the bug that it is given on purpose, if any, and the version that it
 * stands for, where that is not its own.
 */
export type EmulatorSettings = { clock: ClockName; mutant?: Mutant; version?: string };

const isClock = (name: string): name is ClockName => Object.hasOwn(clocks, name);

const refuse = (variable: string, { value, choices }: { value: string; choices: object }): never => {
  throw new NotFit(
    `${variable}=${value} is not known: choose one of ${Object.keys(choices).join(', ')}, or leave it unset`,
  );
};

const versionOf = ({
  CORRAL_EMULATOR_VERSION: version,
}: NodeJS.ProcessEnv): Pick<EmulatorSettings, 'version'> => {
  if (!version) return {};
  if (isVersion(version)) return { version };
  const { oldest, newest } = versions;
  throw new NotFit(
    `CORRAL_EMULATOR_VERSION=${version} is not known: choose one from ${oldest} to ${newest}, or leave it unset`,
  );
};

/**
 * Reads `CORRAL_EMULATOR_CLOCK` (`fast`, the default, or `real`), `CORRAL_EMULATOR_MUTANT` and
 * `CORRAL_EMULATOR_VERSION`; throws NotFit for a value that is not known.
 */
export const emulatorSettings = (variables: NodeJS.ProcessEnv): EmulatorSettings => {
  const clock = variables.CORRAL_EMULATOR_CLOCK || 'fast';
  if (!isClock(clock)) return refuse('CORRAL_EMULATOR_CLOCK', { value: clock, choices: clocks });
  const mutant = variables.CORRAL_EMULATOR_MUTANT;
  const version = versionOf(variables);
  if (!mutant) return { clock, ...version };
  if (!isMutant(mutant))
    return refuse('CORRAL_EMULATOR_MUTANT', { value: mutant, choices: { ...mutants, ...fixes } });
  return { clock, mutant, ...version };
};

/** The version that the report names: one with a bug on purpose must not be taken for one without. */
export const describeVersion = (version: string, { mutant }: EmulatorSettings): string => {
  if (mutant === undefined) return version;
  return `${version} with ${isGivenBug(mutant) ? 'the bug ' : ''}${mutant}`;
};
