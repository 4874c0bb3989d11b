import semver from 'semver';

/** One thing that differs between the documents and Longhorn, or between two versions of Longhorn. */
export type Difference = {
  /** The versions that it holds for, as a semver range; a pre-release counts as its release. */
  versions: string;
  pattern: RegExp;
  /** One that the pattern knows, as it was written or met. */
  example: string;
  /** `document`: so it is written; `product`: so it is. */
  origin: 'document' | 'product';
  /** Where it was read or met. */
  seen: string;
};

/** What a text is about; each has a row for every wording that is known. */
export type Text = 'waits-for-deletion' | 'waits-for-readiness' | 'lock-lost-by-creation';

/** Every wording that the suite knows, in one table. */
export const wordings: Record<Text, readonly Difference[]> = {
  'waits-for-deletion': [
    {
      versions: '>=1.8.0',
      pattern: /^Wait for backup \S+ to be deleted$/,
      example: 'Wait for backup zn-b1 to be deleted',
      origin: 'product',
      seen: 'status.messages.info of a Pending backup, recordings of v1.8.2 and v1.12.1',
    },
    {
      versions: '>=1.8.0',
      pattern: /waiting for backup(?: \S+)? to be deleted/,
      example: 'waiting for backup to be deleted',
      origin: 'document',
      seen: 'manual test "Delete Backup Asynchronously" and its enhancement proposal; in no source',
    },
  ],
  'waits-for-readiness': [
    {
      versions: '>=1.8.0',
      pattern: /^Waiting for the (?:snapshot|engine) \S+ to be ready$|^Failed to get the Snapshot \S+/,
      example: 'Waiting for the snapshot zn-s2 to be ready',
      origin: 'product',
      seen: 'status.messages.info of a Pending backup, source of v1.8.0 to v1.12.1',
    },
  ],
  'lock-lost-by-creation': [
    {
      versions: '>=1.8.0',
      // A full stop ended it up to v1.10.1.
      pattern: /failed to acquire lock \S+ when performing backup create\/restore, please try again later/,
      example:
        'failed to acquire lock backupstore/volumes/8b/8e/v/locks/lock-1.lck when performing backup create/restore, please try again later',
      origin: 'product',
      seen: 'status.error of a backup that lost the lock, source of v1.8.0 to v1.12.1',
    },
  ],
};

/** The wording that a message has, undefined for one that no row knows for that version. */
export const wordingOf = (text: Text, { message, version }: { message: string | undefined; version: string }): Difference | undefined =>
  wordings[text].find(
    ({ versions, pattern }) => semver.satisfies(semver.coerce(version) ?? version, versions) && pattern.test(message ?? ''),
  );
