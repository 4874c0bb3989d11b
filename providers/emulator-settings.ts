import { PreconditionError } from '../e2e/machine/precondition-error.ts';
import { readClock, validClockChoices } from '../emulator/clocks.ts';
import { isEmulatedVersion, knownVersions } from '../emulator/modelled-on.ts';
import { fixes, isInjectedBug, isMutant, type Mutant, mutants } from '../emulator/mutants.ts';

/**
 * Settings of the emulator: its clock (for `readClock`; undefined follows the machine's speed), a mutant, and
 * the emulated version if it is not the default.
 */
export type EmulatorSettings = { clock?: string; mutant?: Mutant; version?: string };

const refuse = (variable: string, { value, choices }: { value: string; choices: string }): never => {
  throw new PreconditionError({
    code: 'setting-unknown',
    what: `${variable}=${value} is not known`,
    remedy: `choose one of ${choices}, or leave it unset`,
  });
};

const versionOf = ({
  CORRAL_EMULATOR_VERSION: version,
}: NodeJS.ProcessEnv): Pick<EmulatorSettings, 'version'> => {
  if (!version) return {};
  if (isEmulatedVersion(version)) return { version };
  throw new PreconditionError({
    code: 'setting-unknown',
    what: `CORRAL_EMULATOR_VERSION=${version} is not known`,
    remedy: `choose one from ${knownVersions}, or leave it unset`,
  });
};

/**
 * Reads `CORRAL_EMULATOR_CLOCK` (`real`, `fast`, or a factor for each wait of `fast`),
 * `CORRAL_EMULATOR_MUTANT` and `CORRAL_EMULATOR_VERSION`. Throws PreconditionError for an unknown value.
 */
export const emulatorSettings = (variables: NodeJS.ProcessEnv): EmulatorSettings => {
  const value = variables.CORRAL_EMULATOR_CLOCK;
  if (value && readClock(value) === undefined)
    return refuse('CORRAL_EMULATOR_CLOCK', { value, choices: validClockChoices });
  const clock = value ? { clock: value } : {};
  const mutant = variables.CORRAL_EMULATOR_MUTANT;
  const version = versionOf(variables);
  if (!mutant) return { ...clock, ...version };
  if (!isMutant(mutant)) {
    const choices = Object.keys({ ...mutants, ...fixes }).join(', ');
    return refuse('CORRAL_EMULATOR_MUTANT', { value: mutant, choices });
  }
  return { ...clock, mutant, ...version };
};

/** The version in the report. It names a mutant, so that the report is not taken for one without. */
export const describeVersion = (version: string, { mutant }: EmulatorSettings): string => {
  if (mutant === undefined) return version;
  return `${version} with ${isInjectedBug(mutant) ? 'the bug ' : ''}${mutant}`;
};
