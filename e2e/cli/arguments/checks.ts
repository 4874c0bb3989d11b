import { existsSync, type Stats, statSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import semver from 'semver';
import type { Replacement } from '../../../providers/provider.ts';
import { resourceName } from '../../config/config.ts';
import { parseDuration } from '../../kube/duration.ts';
import { whyNoFile } from '../../kube/named-file.ts';
import { whyNotWritable } from '../../kube/writable.ts';
import { isTooOld, newestRelease, supported } from '../../longhorn/supported.ts';
import { allStores } from '../../store/drivers/index.ts';
import { whyNoTags } from '../../suite/tags-expression.ts';
import { usageError } from '../exit-code.ts';

/** What is at a path that the user named, undefined if nothing is. Throws a CommandError if nobody can tell. */
export const lookAt = (path: string, name = path): Stats | undefined => {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    throw usageError(`${name} cannot be read: ${whyNoFile(error)}`);
  }
};

/**
 * Returns the absolute path of a folder, which need not exist yet. Throws a CommandError for anything else, and for a
 * folder that cannot be written to. `writes: false` skips that last check, for commands that only print.
 */
export const checkOutFolder = (folder: string, { writes = true }: { writes?: boolean } = {}): string => {
  if (folder === '') throw usageError("--out '': name a folder, or leave it out");
  const out = resolve(folder);
  if (lookAt(out, `--out ${folder}`)?.isDirectory() === false)
    throw usageError(`--out ${folder} is a file: name a folder, or a new one`);
  // Checked before a cluster is started, not when the results are to be written.
  const why = writes ? whyNotWritable(out) : undefined;
  if (why !== undefined) throw usageError(`--out ${folder}: ${why}: name another folder`);
  return out;
};

/**
 * Returns the absolute path of an output file, which need not exist yet, nor its folder. Throws a CommandError for a
 * folder, for a report.json, and for a file that cannot be written. A device or a pipe is accepted.
 */
export const checkOutFile = (flag: string, given: string, example: string): string => {
  const file = resolve(given);
  const found = lookAt(file, `--${flag} ${given}`);
  if (given === '' || found?.isDirectory())
    throw usageError(`--${flag} ${given || "''"}: name a file, such as ${example}`);
  if (basename(file) === 'report.json')
    throw usageError(
      `--${flag} ${given}: that is the name of a run's report: name a file, such as ${example}`,
    );
  const why = found === undefined || found.isFile() ? whyNotWritable(dirname(file)) : undefined;
  if (why !== undefined) throw usageError(`--${flag} ${given}: ${why}: name another file`);
  return file;
};

/** The time of --for in ms. Throws a CommandError for an invalid duration. */
export const checkDuration = (time: string): number => {
  try {
    return parseDuration(time);
  } catch (error) {
    throw usageError(`--for ${time}: ${(error as Error).message}`);
  }
};

/** A whole number from 1 to 999999. Throws a CommandError for anything else. */
export const checkNumber = (flag: string, value: string): number => {
  if (!/^[1-9]\d{0,5}$/.test(value))
    throw usageError(`--${flag} ${value || "''"}: give a whole number from 1 on, or leave it out`);
  return Number(value);
};

/** Checks the name of a namespace or of an object in one. Throws a CommandError for a name that Kubernetes rejects. */
export const checkName = (flag: string, value: string): string => {
  if (resourceName.safeParse(value).success) return value;
  throw usageError(
    `--${flag} ${value || "''"}: give at most 63 of a-z, 0-9 and dashes, with no dash at either end`,
  );
};

/** Checks a regular expression. Throws a CommandError for an invalid one. */
export const checkOnly = (pattern: string | undefined): string | undefined => {
  if (pattern === undefined) return undefined;
  if (pattern === '') throw usageError("--only '': give a part of a scenario's name, or leave it out");
  try {
    new RegExp(pattern);
  } catch (error) {
    throw usageError(
      `--only ${pattern}: ${(error as Error).message}: give a regular expression on the scenarios' names`,
    );
  }
  return pattern;
};

/** Checks a tags expression. Throws a CommandError if it is empty or if vitest cannot parse it. */
export const checkTags = (expression: string | undefined): string | undefined => {
  if (expression === undefined) return undefined;
  if (expression.trim() === '')
    throw usageError("--tags '': give an expression such as 'a && !b', or leave it out");
  const why = whyNoTags(expression);
  if (why !== undefined) throw usageError(`--tags ${expression}: ${why}`);
  return expression;
};

/** Checks that a flag has a known value. Throws a CommandError that lists the known values. */
export const checkChoice = (
  flag: 'provider' | 'store' | 'longhorn',
  value: string,
  known: readonly string[],
): string => {
  if (known.includes(value)) return value;
  throw usageError(
    `--${flag} ${value || "''"} is unknown: use ${known.map((each) => `--${flag} ${each}`).join(' or ')}, or leave it out`,
  );
};

/** The absolute folder of `archive:DIR`. */
const checkArchive = (value: string, dir: string, flag: string): string => {
  if (dir === '')
    throw usageError(
      `${flag} archive:: name the folder with a release's manifest and image archives behind the colon`,
    );
  const found = lookAt(dir, `${flag} ${value}`);
  if (found === undefined) throw usageError(`${flag} ${value}: there is no such folder`);
  if (!found.isDirectory())
    throw usageError(
      `${flag} ${value} is a file: name the folder with a release's manifest and image archives`,
    );
  return resolve(dir);
};

const unreleased = 'master-head';

/** Returns the tag of a release: `v1.8.2` for `1.8.2`. */
const checkVersion = (value: string, version: string, flag: string): string => {
  if (version === unreleased) return version;
  const found = semver.valid(version);
  if (found === null)
    throw usageError(
      `${flag} ${value}: give a release by all its numbers, as official:${newestRelease}, or official:${unreleased}`,
    );
  if (isTooOld(found))
    throw usageError(
      `${flag} ${value}: the scenarios run on v${supported.oldest} on, and it is older: name a newer one`,
    );
  return `v${found}`;
};

/**
 * Checks the Longhorn under test. Returns `emulator`, `archive:` with the absolute folder, or `official:` with the
 * version's tag. Throws a CommandError if it is unknown, missing or too old.
 */
export const checkLonghorn = (value: string, flag = '--longhorn'): string => {
  const [, form, of] = /^(archive|official)(?::(.*))?$/s.exec(value) ?? [];
  if (form === 'archive' && of !== undefined) return `archive:${checkArchive(value, of, flag)}`;
  if (form === 'official') return `official:${checkVersion(value, of ?? newestRelease, flag)}`;
  return checkChoice('longhorn', value, ['emulator', 'official[:VERSION]', 'archive:DIR']);
};

/**
 * Checks the Longhorn to upgrade to: a release for a release, another version of the emulator for the emulator. Throws
 * a CommandError for anything else, and for flags that choose more than the scenarios of an upgrade.
 */
export const checkUpgrade = (
  value: string | undefined,
  { provider, longhorn, ...given }: { provider: string; longhorn: string } & Record<string, unknown>,
): string | undefined => {
  if (value === undefined) return undefined;
  const shown = `--upgrade-to ${value || "''"}`;
  if (provider !== 'lab') throw usageError(`${shown}: only a Longhorn in the lab is upgraded: leave it out`);
  const beside = ['all', 'tags', 'lastFailed', 'shard'].find((flag) => given[flag] !== undefined);
  if (beside !== undefined || given.repeat !== '1' || given.store === allStores)
    throw usageError(
      `${shown}: it chooses the scenarios, and upgrades once: leave out --all, --tags, --last-failed, --shard, --repeat and --store ${allStores}`,
    );
  if (longhorn !== 'emulator') {
    if (/^(archive|official)(:|$)/.test(value)) return checkLonghorn(value, '--upgrade-to');
  } else if (/^emulator:v\d+\.\d+\.\d+$/.test(value)) return value;
  throw usageError(
    `${shown}: give official[:VERSION] or archive:DIR for a release in --longhorn, or emulator:VERSION, as emulator:v1.13.0, for the emulator`,
  );
};

const checkIsRelease = (longhorn: string, shown: string): void => {
  if (!/^(archive|official):/.test(longhorn))
    throw usageError(
      `${shown} is for the images of a release: add --longhorn official or --longhorn archive:DIR, or leave it out`,
    );
};

/** Parses each `--image NAME=IMAGE`. The path of an archive becomes absolute. */
export const checkImages = (longhorn: string, values: readonly string[]): Replacement[] =>
  values.map((value) => {
    const shown = `--image ${value || "''"}`;
    const [, image = '', by = ''] = /^([a-z0-9][\w.-]*)=(\S+)$/s.exec(value) ?? [];
    if (image === '')
      throw usageError(
        `${shown}: give the name of an image of the release, and what takes its place: longhorn-manager=./manager.tar`,
      );
    checkIsRelease(longhorn, shown);
    const path = resolve(by);
    if (existsSync(path)) return { image, by: path };
    if (/^[./]|\.tar$/.test(by)) throw usageError(`${shown}: there is no ${path}: name an image archive`);
    return { image, by };
  });

const loopback = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * Checks the URL of a registry to use instead of the images' own registries: https, or http on this machine. Throws a
 * CommandError for anything else. A URL with a password is rejected, and is not part of the message.
 */
export const checkMirror = (longhorn: string, value: string | undefined): string | undefined => {
  if (value === undefined) return undefined;
  const url = URL.canParse(value) ? new URL(value) : undefined;
  // This check comes first, because a text that is not a valid URL may contain a password too.
  if (value.includes('@'))
    throw usageError(
      '--registry-mirror has a name or a password in it: name a mirror that lets everybody read, by its URL alone',
    );
  const shown = `--registry-mirror ${value || "''"}`;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '')
    throw usageError(
      `${shown}: give the URL of a registry, as https://registry.example or http://127.0.0.1:5000`,
    );
  if (url.protocol === 'http:' && !loopback.has(url.hostname))
    throw usageError(
      `${shown}: a mirror on another machine is read by https only: what comes by http anybody on the way could change`,
    );
  checkIsRelease(longhorn, shown);
  return url.href.replace(/\/+$/, '');
};
