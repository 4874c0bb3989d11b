import { type Clock, readClock, validClockChoices } from './clocks.ts';
import { isEmulatedVersion, knownVersions, referenceVersion } from './modelled-on.ts';
import { fixes, isMutant, type Mutant, mutants } from './mutants.ts';

/** Environment variables that install.ts sets in the pods. The longhorn command inherits them. */
export const environmentVariables = {
  clock: 'CORRAL_EMULATOR_CLOCK',
  mutant: 'CORRAL_EMULATOR_MUTANT',
  version: 'CORRAL_EMULATOR_VERSION',
  image: 'CORRAL_EMULATOR_IMAGE',
  node: 'NODE_NAME',
  podIP: 'POD_IP',
} as const;

/** Settings of both the manager and the longhorn command. */
export type Behaviour = { clock: Clock; mutant: Mutant | undefined };

/** Reads clock and mutant from the environment. Throws an error with the valid values for an unknown one. */
export const readBehaviour = (environment: NodeJS.ProcessEnv): Behaviour => {
  const choice = environment[environmentVariables.clock] ?? 'real';
  const clock = readClock(choice);
  if (clock === undefined)
    throw new Error(`${environmentVariables.clock}=${choice}: known are ${validClockChoices}`);
  const mutant = environment[environmentVariables.mutant] || undefined;
  if (mutant !== undefined && !isMutant(mutant)) {
    const known = Object.keys({ ...mutants, ...fixes });
    throw new Error(`${environmentVariables.mutant}=${mutant}: known are ${known.join(', ')}`);
  }
  return { clock, mutant };
};

/** Reads the version of Longhorn that a manager emulates. Throws for an unsupported one. */
export const readEmulatedVersion = (environment: NodeJS.ProcessEnv): string => {
  const version = environment[environmentVariables.version] || referenceVersion;
  if (!isEmulatedVersion(version))
    throw new Error(`${environmentVariables.version}=${version}: known are ${knownVersions}`);
  return version;
};

/** Reads a required variable. Throws an error with its name if it is not set. */
export const requiredVariable = (environment: NodeJS.ProcessEnv, name: string): string => {
  const value = environment[name];
  if (!value) throw new Error(`the environment variable ${name} is not set`);
  return value;
};
