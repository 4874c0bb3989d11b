import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { type ExistingCluster, objectUid } from '../../config/config.ts';
import { clocksHelp, parseClocks } from '../../longhorn/clocks.ts';
import { allDisruptions, type Disruption, isDisruption } from '../../longhorn/disruptions.ts';
import type { OwnBucket } from '../../store/driver.ts';
import { ownBucketKind, storeChoices } from '../../store/drivers/index.ts';
import { CommandError, exitCode, usageError } from '../exit-code.ts';
import { checkName } from './checks.ts';

/** What names a bucket, as it was given. */
export type BucketFlags = { s3Endpoint: string; s3Bucket: string; s3Secret: string };

// What is named of a bucket that is there, and what each has to look like.
const bucketFlags: Record<keyof BucketFlags, { form: RegExp; is: string }> = {
  s3Endpoint: { form: /^https?:\/\/[^/@\s]+\/?$/i, is: 'https://HOST:PORT or http://HOST:PORT' },
  s3Bucket: { form: /^[a-z0-9][a-z0-9.-]+@[a-z0-9-]+$/, is: 'BUCKET@REGION' },
  s3Secret: { form: /^[a-z0-9][a-z0-9-]*\/[a-z0-9][a-z0-9.-]*$/, is: 'NAMESPACE/NAME' },
};

/** The flags that only `--provider existing` has, as they were given. */
export type ExistingFlags = Partial<
  Record<
    'kubeconfig' | 'context' | 'expectCluster' | 'storeImage' | 'namespace' | 'allow' | keyof BucketFlags,
    string
  >
>;

const flagNames: Record<keyof ExistingFlags, string> = {
  kubeconfig: '--kubeconfig',
  context: '--context',
  expectCluster: '--expect-cluster',
  storeImage: '--store-image',
  namespace: '--namespace',
  allow: '--allow',
  s3Endpoint: '--s3-endpoint',
  s3Bucket: '--s3-bucket',
  s3Secret: '--s3-secret',
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

/** The flags that name a bucket that is there, on a command that has `--store` too. */
export const withBucketFlags = (command: Command, whose = ''): Command =>
  command
    .option(
      '--s3-endpoint <url>',
      `${whose}--store s3: the server of a bucket that is there, in the place of a store's pod`,
    )
    .option(
      '--s3-bucket <bucket@region>',
      `${whose}--store s3: that bucket; only keys below corral-e2e/ are touched`,
    )
    .option(
      '--s3-secret <namespace/name>',
      `${whose}--store s3: the Secret with what it is logged in to by, with Longhorn's names (AWS_ACCESS_KEY_ID, …)`,
    );

/** The bucket that the flags name; undefined where they name none. Throws a CommandError of one line. */
export const parseBucket = (flags: Partial<BucketFlags> & { store?: string }): OwnBucket | undefined => {
  const names = Object.keys(bucketFlags) as (keyof BucketFlags)[];
  const given = names.filter((name) => flags[name] !== undefined);
  const [first] = given;
  if (first === undefined) return undefined;
  const missing = names.filter((name) => flags[name] === undefined);
  if (missing.length > 0)
    throw usageError(
      `${flagNames[first]} needs ${missing.map((name) => flagNames[name]).join(' and ')} as well`,
    );
  if (flags.store !== 's3') throw usageError(`${flagNames[first]} is for stores in S3: add --store s3`);
  for (const name of names) {
    const { form, is } = bucketFlags[name];
    if (!form.test(flags[name] ?? ''))
      throw usageError(`${flagNames[name]} ${flags[name] || "''"}: give ${is}`);
  }
  const { s3Endpoint: endpoint = '', s3Bucket = '', s3Secret: secret = '' } = flags;
  const [bucket = '', region = ''] = s3Bucket.split('@');
  return { endpoint, bucket, region, secret };
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
  const ownBucket = parseBucket(flags);
  const missing = (
    ['kubeconfig', 'context', ...(ownBucket ? [] : (['storeImage'] as const))] as const
  ).filter((name) => !flags[name]);
  const [empty] = missing;
  if (empty !== undefined) {
    const what = missing.map((name) => flagNames[name]).join(', ');
    throw usageError(
      `--provider existing needs ${what}: a cluster that is somebody's is named, never guessed`,
    );
  }
  const { kubeconfig = '', context = '', storeImage = 'none', expectCluster, namespace, allow } = flags;
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
