import semver from 'semver';

/**
 * The versions that the expectations were written for. Named backup targets came with the oldest one. The newest one
 * was tested on a real cluster.
 */
export const supported = { oldest: '1.8.0', newest: '1.12' } as const;

/** The release that `official` means without a version: the newest one that the scenarios were run on. */
export const newestRelease = 'v1.12.1';

const plain = (version: string): semver.SemVer => semver.coerce(version) ?? new semver.SemVer(version);

/** Whether a version is older than the oldest one that the scenarios support. */
export const isTooOld = (version: string): boolean => semver.lt(plain(version), supported.oldest);

/** Whether the minor version is newer than all that were tested. */
export const isUnknownNewer = (version: string): boolean => semver.gtr(plain(version), supported.newest);

/**
 * Whether a version is in a semver range. A pre-release counts as its release. A version newer than all known
 * versions counts as the newest known one too: what that does is expected of it, and what only newer ones have.
 */
export const isInRange = (version: string, range: string): boolean =>
  semver.satisfies(plain(version), range) ||
  (isUnknownNewer(version) && semver.satisfies(`${supported.newest}.999`, range));
