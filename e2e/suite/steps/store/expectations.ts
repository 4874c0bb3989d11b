import { type Expectation, gone } from '../../../history/expectation.ts';
import type { Timeline } from '../../../history/timeline.ts';
import type { MessageId } from '../../../longhorn/messages/catalogue.ts';
import type { Backup } from '../../../longhorn/types.ts';
import { type BackupSubject, backupHistory, backupIs } from '../backup/expectations.ts';
import { hasOnlyError } from '../lock/expectations.ts';

/** The reasons for a failed backup, by the message that reports them. */
export const storeFailures = {
  'creation-denied': 'the store refused what was to be written',
  'creation-not-begun': 'volume.cfg could not be read',
  'creation-without-snapshot': 'its snapshot is gone',
  'creation-without-store': 'the store did not answer',
  'upload-lost': 'the replica that uploaded it is gone',
  'upload-unwatched': 'the instance manager that was asked for its progress is gone',
  'upload-lost-with-pod': 'the instance manager whose replica uploaded it is gone',
} as const;

export type StoreFailure = keyof typeof storeFailures;

/** The messages that report a reason. Which one reports a lost upload depends on how soon Longhorn asks for it. */
export const failureMessages = (failure: StoreFailure): readonly MessageId[] =>
  failure === 'upload-lost' || failure === 'upload-lost-with-pod' || failure === 'upload-unwatched'
    ? ['creation-lost-replica', 'creation-lost-engine']
    : [failure];

/** A backup starts and ends in Error with this message. It is never Completed. */
export const creationEnds = (
  backups: Timeline<Backup>,
  { backup, id, version }: { backup: BackupSubject; id: StoreFailure; version: string },
): Expectation<Backup> =>
  backupHistory(backups, backup)
    .startingAs(backupIs(''), backupIs('Pending'), backupIs('InProgress'))
    .goes(hasOnlyError(`Error (${id})`, { id: failureMessages(id), class: 'failure' }, version));

/** A completed Backup object is removed without a deletion in the store. */
export const isRemovedFromCluster = (backups: Timeline<Backup>, backup: BackupSubject): Expectation<Backup> =>
  backupHistory(backups, backup).startingAs(backupIs('Completed')).goes(gone);
