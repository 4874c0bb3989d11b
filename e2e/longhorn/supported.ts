import semver from 'semver';

/**
 * The versions that the expectations were made for: named backup targets came with the first, the last was
 * seen on a real cluster.
 */
export const supported = { oldest: '1.8.0', newest: '1.12' } as const;

/** The release that `official` alone stands for: the newest that the scenarios were run on. */
export const newestRelease = 'v1.12.1';

const plain = (version: string): semver.SemVer => semver.coerce(version) ?? new semver.SemVer(version);

/** Whether a version is older than any that the scenarios can run on. */
export const isTooOld = (version: string): boolean => semver.lt(plain(version), supported.oldest);

/** Whether a version has a minor number that nobody has tried yet. */
export const isUnknownNewer = (version: string): boolean => semver.gtr(plain(version), supported.newest);

/**
 * Whether a version (a pre-release counts as its release) is in a semver range; one that is newer than all
 * that are known counts as the newest of these.
 */
export const isInRange = (version: string, range: string): boolean =>
  semver.satisfies(isUnknownNewer(version) ? `${supported.newest}.999` : plain(version), range);
