import { resolve } from 'node:path';
import type { Command } from 'commander';
import { type ExistingCluster, objectUid } from '../../config/config.ts';
import { loadKubeconfig } from '../../kube/kubeconfig.ts';
import { clocksHelp, parseClocks } from '../../longhorn/clocks.ts';
import { allDisruptions, type Disruption, isDisruption } from '../../longhorn/disruptions.ts';
import type { OwnBucket } from '../../store/driver.ts';
import { ownBucketKind, storeChoices } from '../../store/drivers/index.ts';
import { CommandError, exitCode, usageError } from '../exit-code.ts';
import { checkName, lookAt } from './checks.ts';

/** The parts of `--bucket`, with their formats. */
const bucketParts = {
  name: { form: /^[a-z0-9][a-z0-9.-]+@[a-z0-9-]+$/, is: 'BUCKET@REGION' },
  secret: { form: /^[a-z0-9][a-z0-9-]*\/[a-z0-9][a-z0-9.-]*$/, is: 'NAMESPACE/NAME' },
  // The last part: directly before an @, the text would look like a URL with a password and be redacted.
  endpoint: { form: /^https?:\/\/[^/@\s]+\/?$/i, is: 'https://HOST:PORT' },
};

const bucketForm = Object.entries(bucketParts)
  .map(([part, { is }]) => `${part}=${is}`)
  .join(',');

/** The values of the flags that are valid only with `--provider existing`. */
export type ExistingFlags = Partial<
  Record<'kubeconfig' | 'context' | 'expectCluster' | 'storeImage' | 'namespace' | 'allow' | 'bucket', string>
>;

const flagNames: Record<keyof ExistingFlags, string> = {
  kubeconfig: '--kubeconfig',
  context: '--context',
  expectCluster: '--expect-cluster',
  storeImage: '--store-image',
  namespace: '--namespace',
  allow: '--allow',
  bucket: '--bucket',
};

/** Parses a list of disruptions. Throws a CommandError for an unknown name. */
export const parseAllow = (text: string): Disruption[] => {
  const names = text.split(',').map((name) => name.trim());
  return names.map((name) => {
    if (isDisruption(name)) return name;
    throw usageError(
      `--allow ${text}: there is no disruption '${name}'; available: ${allDisruptions.join(', ')}`,
    );
  });
};

/** Adds the flag `--bucket` to a command that also has `--store`. */
export const withBucketFlag = (command: Command, whose = ''): Command =>
  command.option(
    '--bucket <parts>',
    `${whose}an existing S3 bucket instead of the store's pod: ${bucketForm}; the Secret has the names that Longhorn reads (AWS_ACCESS_KEY_ID, …); only keys below corral-e2e/ are written`,
  );

/**
 * Parses `--bucket`. Undefined without the flag. Throws a CommandError if a part is wrong, or if `--store` is not S3.
 */
export const parseBucket = ({
  bucket: text,
  store,
}: {
  bucket?: string;
  store?: string;
}): OwnBucket | undefined => {
  if (text === undefined) return undefined;
  if (store !== undefined && store !== 's3')
    throw usageError(`--bucket is for stores in S3: leave out --store ${store}`);
  const given = new Map(
    text.split(',').map((part) => [part.replace(/=.*$/s, ''), part.replace(/^[^=]*=/s, '')]),
  );
  for (const part of given.keys())
    if (!(part in bucketParts)) throw usageError(`--bucket ${text || "''"}: give ${bucketForm}`);
  for (const [part, { form, is }] of Object.entries(bucketParts))
    if (!form.test(given.get(part) ?? '')) throw usageError(`--bucket ${text}: give ${part}=${is}`);
  const [bucket = '', region = ''] = (given.get('name') ?? '').split('@');
  return { endpoint: given.get('endpoint') ?? '', bucket, region, secret: given.get('secret') ?? '' };
};

/**
 * Parses the flags of `--provider existing`. The kubeconfig, its context and the image of the store's pod are
 * mandatory, because a wrong guess could change a cluster that somebody needs. Throws a CommandError. Undefined for
 * other providers, for which all these flags are errors.
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
        `${flagNames[first]} is for an existing cluster: add --provider existing, or leave it out`,
      );
    return undefined;
  }
  if (flags.keep)
    throw usageError(
      '--keep is for a cluster that the run makes: an existing one stays up anyway: leave it out',
    );
  const ownBucket = parseBucket(flags);
  const missing = (
    ['kubeconfig', 'context', ...(ownBucket ? [] : (['storeImage'] as const))] as const
  ).filter((name) => !flags[name]);
  const [empty] = missing;
  if (empty !== undefined) {
    const what = missing.map((name) => flagNames[name]).join(', ');
    throw usageError(`--provider existing needs ${what}: name the cluster explicitly`);
  }
  const { kubeconfig = '', context = '', storeImage = 'none', expectCluster, namespace, allow } = flags;
  const found = lookAt(kubeconfig, `--kubeconfig ${kubeconfig}`);
  if (found === undefined) throw usageError(`--kubeconfig ${kubeconfig}: there is no such file`);
  if (found.isDirectory()) throw usageError(`--kubeconfig ${kubeconfig} is a folder: name the file`);
  if (expectCluster !== undefined && !objectUid.safeParse(expectCluster).success)
    throw usageError(
      `--expect-cluster ${expectCluster || "''"}: give the UID of the namespace kube-system (kubectl get namespace kube-system -o jsonpath={.metadata.uid})`,
    );
  if (namespace !== undefined) checkName('namespace', namespace);
  const allowed = allow === undefined ? [] : parseAllow(allow);
  const wanted = {
    ...(flags.supportBundle === true && { supportBundle: true }),
    ...(ownBucket && { ownBucket, store: ownBucketKind }),
    ...(ownBucket === undefined &&
      flags.store !== undefined &&
      flags.store !== storeChoices[0] && { store: flags.store }),
  };
  return {
    kubeconfig: resolve(kubeconfig),
    context,
    storeImage,
    expectCluster,
    namespace,
    allow: allowed,
    clocks: readClocks(),
    ...wanted,
  };
};

/** Throws a CommandError if the kubeconfig has no such context: nothing may be lost by a wrong name. */
export const checkContext = (existing: ExistingCluster | undefined): void => {
  if (existing === undefined) return;
  try {
    loadKubeconfig(existing);
  } catch (error) {
    throw usageError(`--kubeconfig: ${(error as Error).message}`);
  }
};

// An environment variable, not a flag: only an emulator that somebody installed has other timers than Longhorn.
const readClocks = (): ExistingCluster['clocks'] => {
  const { CORRAL_TARGET_CLOCKS: text } = process.env;
  if (!text) return undefined;
  const clocks = parseClocks(text);
  if (clocks === undefined)
    throw new CommandError(`CORRAL_TARGET_CLOCKS=${text} ${clocksHelp}, or not be set`, exitCode.notFit);
  return clocks;
};
