import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { type ExistingCluster, objectUid } from '../../config/config.ts';
import { clocksHelp, parseClocks } from '../../longhorn/clocks.ts';
import { allDisruptions, type Disruption, isDisruption } from '../../longhorn/disruptions.ts';
import { storeChoices } from '../../store/drivers/index.ts';
import { CommandError, exitCode, usageError } from '../exit-code.ts';
import { checkName } from './checks.ts';

/** The flags that only `--provider existing` has, as they were given. */
export type ExistingFlags = Partial<
  Record<'kubeconfig' | 'context' | 'expectCluster' | 'storeImage' | 'namespace' | 'allow', string>
>;

const flagNames: Record<keyof ExistingFlags, string> = {
  kubeconfig: '--kubeconfig',
  context: '--context',
  expectCluster: '--expect-cluster',
  storeImage: '--store-image',
  namespace: '--namespace',
  allow: '--allow',
};

/** Reads a list of disruptions; throws a CommandError of one line for a name that is none. */
export const parseAllow = (text: string): Disruption[] => {
  const names = text.split(',').map((name) => name.trim());
  return names.map((name) => {
    if (isDisruption(name)) return name;
    throw usageError(
      `--allow ${text}: there is no disruption '${name}'; there are: ${allDisruptions.join(', ')}`,
    );
  });
};

/**
 * Reads the flags of `--provider existing`: the kubeconfig, its context and the image of the store's pod have
 * to be named, as a cluster that somebody needs is never guessed. Throws a CommandError of one line;
 * undefined for any other provider, which may have none of them.
 */
export const parseExisting = (
  provider: string,
  flags: ExistingFlags & { store?: string; keep?: true; supportBundle?: true },
): ExistingCluster | undefined => {
  const given = (Object.keys(flagNames) as (keyof ExistingFlags)[]).filter(
    (name) => flags[name] !== undefined,
  );
  if (provider !== 'existing') {
    const [first] = given;
    if (first !== undefined)
      throw usageError(
        `${flagNames[first]} is for a cluster that is there already: add --provider existing, or leave it out`,
      );
    return undefined;
  }
  if (flags.keep)
    throw usageError(
      '--keep is for a cluster that the run brings up: an existing one stays, and what the run makes in it goes: leave it out',
    );
  const missing = (['kubeconfig', 'context', 'storeImage'] as const).filter((name) => !flags[name]);
  const [empty] = missing;
  if (empty !== undefined) {
    const what = missing.map((name) => flagNames[name]).join(', ');
    throw usageError(
      `--provider existing needs ${what}: a cluster that is somebody's is named, never guessed`,
    );
  }
  const { kubeconfig = '', context = '', storeImage = '', expectCluster, namespace, allow } = flags;
  const found = statSync(kubeconfig, { throwIfNoEntry: false });
  if (found === undefined) throw usageError(`--kubeconfig ${kubeconfig}: there is no such file`);
  if (found.isDirectory()) throw usageError(`--kubeconfig ${kubeconfig} is a folder: name the file`);
  if (expectCluster !== undefined && !objectUid.safeParse(expectCluster).success)
    throw usageError(
      `--expect-cluster ${expectCluster || "''"}: give the UID of the namespace kube-system (kubectl get namespace kube-system -o jsonpath={.metadata.uid})`,
    );
  if (namespace !== undefined) checkName('namespace', namespace);
  const allowed = allow === undefined ? [] : parseAllow(allow);
  const asked = {
    ...(flags.supportBundle === true && { supportBundle: true }),
    ...(flags.store !== undefined && flags.store !== storeChoices[0] && { store: flags.store }),
  };
  return {
    kubeconfig: resolve(kubeconfig),
    context,
    storeImage,
    expectCluster,
    namespace,
    allow: allowed,
    clocks: readClocks(),
    ...asked,
  };
};

// No flag: what has other clocks than Longhorn is an emulator that somebody installed.
const readClocks = (): ExistingCluster['clocks'] => {
  const { CORRAL_TARGET_CLOCKS: text } = process.env;
  if (!text) return undefined;
  const clocks = parseClocks(text);
  if (clocks === undefined)
    throw new CommandError(`CORRAL_TARGET_CLOCKS=${text} ${clocksHelp}, or not be set`, exitCode.notFit);
  return clocks;
};
