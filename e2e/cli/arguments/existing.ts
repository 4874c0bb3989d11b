import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { allDangers, type Danger, isDanger } from '../../longhorn/dangers.ts';
import { usageError } from '../exit-code.ts';
import { checkName } from './checks.ts';

/** What is said of a cluster that was there before: which one it is, and what may be done to it. */
export type ExistingCluster = {
  /** Absolute. */
  kubeconfig: string;
  context: string;
  /** The UID of the namespace kube-system that the cluster must have. */
  expectCluster: string | undefined;
  storeImage: string;
  /** A namespace that is there, for all backup stores; undefined: each gets one of its own. */
  namespace: string | undefined;
  allow: readonly Danger[];
  /** Scenarios ask for Longhorn's support bundle, for which they need rights of its own. */
  supportBundle?: boolean;
};

/** The flags that only `--provider existing` has, as they were given. */
export type ExistingFlags = Partial<Record<'kubeconfig' | 'context' | 'expectCluster' | 'storeImage' | 'namespace' | 'allow', string>>;

const flagNames: Record<keyof ExistingFlags, string> = {
  kubeconfig: '--kubeconfig',
  context: '--context',
  expectCluster: '--expect-cluster',
  storeImage: '--store-image',
  namespace: '--namespace',
  allow: '--allow',
};

const uidPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Reads a list of dangers; throws a CommandError of one line for a name that is none. */
export const parseAllow = (text: string): Danger[] => {
  const names = text.split(',').map((name) => name.trim());
  return names.map((name) => {
    if (isDanger(name)) return name;
    throw usageError(`--allow ${text}: there is no danger '${name}'; there are: ${allDangers.join(', ')}`);
  });
};

/**
 * Reads the flags of `--provider existing`: the kubeconfig, its context and the image of the store's pod have to be named, as a cluster
 * that somebody needs is never guessed. Throws a CommandError of one line; undefined for any other provider, which may have none of them.
 */
export const parseExisting = (
  provider: string,
  flags: ExistingFlags & { keep?: true; supportBundle?: true },
): ExistingCluster | undefined => {
  const given = (Object.keys(flagNames) as (keyof ExistingFlags)[]).filter((name) => flags[name] !== undefined);
  if (provider !== 'existing') {
    const [first] = given;
    if (first !== undefined)
      throw usageError(`${flagNames[first]} is for a cluster that is there already: add --provider existing, or leave it out`);
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
    throw usageError(`--provider existing needs ${what}: a cluster that is somebody's is named, never guessed`);
  }
  const { kubeconfig = '', context = '', storeImage = '', expectCluster, namespace, allow } = flags;
  const found = statSync(kubeconfig, { throwIfNoEntry: false });
  if (found === undefined) throw usageError(`--kubeconfig ${kubeconfig}: there is no such file`);
  if (found.isDirectory()) throw usageError(`--kubeconfig ${kubeconfig} is a folder: name the file`);
  if (expectCluster !== undefined && !uidPattern.test(expectCluster))
    throw usageError(
      `--expect-cluster ${expectCluster || "''"}: give the UID of the namespace kube-system (kubectl get namespace kube-system -o jsonpath={.metadata.uid})`,
    );
  if (namespace !== undefined) checkName('namespace', namespace);
  const allowed = allow === undefined ? [] : parseAllow(allow);
  const asked = flags.supportBundle === true ? { supportBundle: true } : {};
  return { kubeconfig: resolve(kubeconfig), context, storeImage, expectCluster, namespace, allow: allowed, ...asked };
};
