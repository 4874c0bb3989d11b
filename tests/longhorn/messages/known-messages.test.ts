import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { classify } from '../../../e2e/longhorn/messages/classify.ts';
import { describeFailedDeletion } from '../../../e2e/longhorn/messages/deletion-cause.ts';
import type { Field, Message, MessageClass, Speaker } from '../../../e2e/longhorn/messages/row.ts';

const inBackup = (field: 'messages.error' | 'messages.info' | 'error', state: string) => ({
  speaker: 'Backup' as const,
  field: `status.${field}` as Field,
  state,
});
const deleting = inBackup('messages.error', 'Error');
const creating = inBackup('error', 'Error');
const waiting = inBackup('messages.info', 'Pending');
const unavailable = {
  speaker: 'BackupTarget' as const,
  field: 'condition Unavailable' as const,
  state: 'True',
};
const logged = (speaker: Speaker, level: 'debug' | 'info' | 'warning' | 'error' | 'fatal') => ({
  speaker,
  field: `log ${level}` as const,
  state: '',
});
const event = (speaker: Speaker, type: 'Normal' | 'Warning', state: string) => ({
  speaker,
  field: `event ${type}` as const,
  state,
});
const lock = (operation: string) =>
  `failed to acquire lock backupstore/volumes/8b/8e/v/locks/lock-1.lck when performing backup ${operation}, please try again later`;
const nfs = 'nfs://store.default:/opt/backupstore';

type Known = [where: Omit<Message, 'text'>, text: string, is: MessageClass, version?: string];

/**
 * Knowledge base (its articles on backups), and what the sources say besides: every kind of message in an
 * object, an event or a job's log.
 */
const known: Record<string, Known[]> = {
  'a lock': [
    [deleting, describeFailedDeletion(lock('delete')), 'informational'],
    [deleting, describeFailedDeletion(`${lock('delete')}.`), 'informational', 'v1.8.1'],
    [creating, `failed to backup snapshot s to b: ${lock('create/restore')}`, 'failure'],
    [
      creating,
      'failed to backup snapshot s to b: failed lock locks/lock-1.lck type 1 acquisition',
      'failure',
      'v1.7.2',
    ],
    [
      event('Volume', 'Warning', 'FailedRestore'),
      `replica r failed the restore: ${lock('create/restore')}`,
      'transient',
    ],
  ],
  'a backup that waits': [
    [waiting, 'Wait for backup b1 to be deleted', 'informational'],
    [waiting, 'waiting for backup to be deleted', 'informational'],
    [waiting, 'Waiting for the snapshot s to be ready', 'informational'],
    [waiting, 'Waiting for the engine v-e-0 to be ready', 'informational'],
    [waiting, 'Failed to get the Snapshot s', 'informational'],
  ],
  'a backup that could not be made': [
    [creating, 'Failed to get the Snapshot s', 'failure'],
    [creating, 'Failed waiting for the snapshot s to be ready', 'failure'],
    [creating, 'Failed waiting for the engine v-e-0 to be ready', 'failure'],
  ],
  'a deletion': [
    [deleting, 'No deletion in progress record, retry the deletion command', 'informational'],
    [deleting, describeFailedDeletion('unlinkat /b.cfg: operation not permitted'), 'failure'],
    [deleting, describeFailedDeletion('unlinkat /b.cfg: permission denied'), 'failure'],
    [deleting, describeFailedDeletion('unlinkat /b.cfg: read-only file system'), 'failure'],
    [deleting, describeFailedDeletion('write /l.lck: no space left on device'), 'failure'],
    [deleting, describeFailedDeletion('error: AccessDenied: Access Denied'), 'failure'],
    [deleting, describeFailedDeletion('unlinkat /b.cfg: input/output error'), 'transient'],
    [
      deleting,
      `Failed to delete the backup ${nfs}?backup=b&volume=v in the backupstore, err Recovered from panic: oh`,
      'failure',
    ],
    [logged('manager', 'warning'), 'backup b is still in progress', 'informational'],
    [
      logged('manager', 'error'),
      'cannot find volume in backupstore: cannot find backupstore/volumes/8b/8e/v/volume.cfg in backupstore',
      'failure',
    ],
    [
      logged('manager', 'error'),
      'failed to delete backup blocks: [blocks/1e/2f/1e2f.blk: operation not permitted]',
      'failure',
    ],
    [logged('manager', 'info'), 'Found in progress backup b2, skip block deletion', 'informational'],
    [
      logged('manager', 'error'),
      'backup b cannot be deleted due to the ongoing volume w restoration',
      'informational',
    ],
  ],
  'a backup target': [
    [unavailable, 'backup target URL is empty', 'configuration'],
    [unavailable, 'could not access s3 without credential secret', 'configuration'],
    [
      unavailable,
      `failed to list backup volumes in ${nfs}: cannot mount nfs store.default:/opt/backupstore: mount.nfs4: mounting failed, reason given by server: No such file or directory: cannot mount using NFSv4`,
      'configuration',
    ],
    [
      unavailable,
      `failed to list backup volumes in ${nfs}: mkdir /mnt/backupstore: permission denied`,
      'configuration',
    ],
    [
      unavailable,
      'failed to list backup volumes in s3://b@r/: dial tcp: lookup store.default on 10.43.0.10:53: no such host',
      'configuration',
    ],
  ],
  'a backup target of an older version': [
    [unavailable, `failed to list BackupVolumes in ${nfs}: input/output error`, 'configuration', 'v1.10.1'],
    [
      unavailable,
      `failed to list backup backing images in ${nfs}: input/output error`,
      'configuration',
      'v1.8.2',
    ],
  ],
  'a recurring job': [
    [
      logged('job', 'error'),
      'Failed to run volume job: timeout waiting for the backup of the snapshot s of volume v to start',
      'failure',
    ],
    [
      logged('job', 'error'),
      'Failed to run job for volume: timeout waiting for the backup of the snapshot s of volume v to start',
      'failure',
      'v1.8.2',
    ],
    [
      logged('job', 'warning'),
      'Created backup successfully but errored on cleanup for v: cleaned up backup b failed for v: denied',
      'warning',
    ],
    [
      logged('job', 'warning'),
      'Failed to run recurring job for volume; will retry on the next run: oh',
      'transient',
      'v1.13.0',
    ],
    [
      logged('job', 'fatal'),
      'Failed to do a recurring job: Bad response statusCode [500]. Status [500 Internal]',
      'failure',
      'v1.8.2',
    ],
    [
      logged('job', 'fatal'),
      'Failed to do a recurring job: failed to complete backupAndCleanup for v: timeout',
      'failure',
      'v1.8.0',
    ],
    [
      logged('job', 'fatal'),
      'Failed to do a recurring job: failed to update job execution count: conflict',
      'failure',
      'v1.8.2',
    ],
    [
      logged('job', 'fatal'),
      'Failed to do a recurring job: failed to initialize job: could not create longhorn-manager api client',
      'failure',
    ],
    [
      logged('job', 'error'),
      'Failed to create new job for volume: could not create longhorn-manager api client',
      'failure',
      'v1.8.2',
    ],
    [
      logged('job', 'error'),
      'Failed to get recurring job rj.: recurringjobs.longhorn.io "rj" not found',
      'failure',
    ],
    [
      logged('job', 'warning'),
      'Failed to create Longhorn manager API client, retrying: dial tcp: i/o timeout',
      'transient',
    ],
    [
      logged('job', 'warning'),
      'Failed to get recurring job rj, retrying: connection refused',
      'transient',
      'v1.12.2',
    ],
    [logged('job', 'info'), 'Volume v not found, skipping', 'informational'],
    [
      logged('job', 'info'),
      'Bypassed to create job for v volume during restoring from the backup',
      'informational',
      'v1.8.2',
    ],
    [
      logged('job', 'debug'),
      'Skipped cleaning up snapshot CR s because an active backup references it',
      'informational',
      'v1.13.0',
    ],
    [
      event('CronJob', 'Warning', 'FailedNeedsStart'),
      'Cannot determine if job needs to be started. Too many missed start time (> 100).',
      'failure',
    ],
    [
      event('CronJob', 'Normal', 'JobAlreadyActive'),
      'Not starting job because prior execution is running and concurrency policy is Forbid',
      'warning',
    ],
  ],
  'data and volumes': [
    [
      event('Volume', 'Warning', 'FailedRestore'),
      'replica r failed the restore: checksum verification failed for block 1e2f',
      'failure',
    ],
    [
      event('Volume', 'Warning', 'FailedRestore'),
      'replica r failed the restore: failed to decompress and verify block 1e2f',
      'failure',
    ],
    [
      event('Volume', 'Warning', 'FailedRestore'),
      'replica r failed the restore: cannot find backup_b.cfg in backupstore',
      'failure',
    ],
    [logged('manager', 'warning'), 'cannot purge snapshots because r1 is rebuilding', 'transient'],
    [logged('manager', 'warning'), 'BUG: found the second active engine v-e-1 besides v-e-0', 'failure'],
    [logged('node', 'error'), 'connect to 10.42.2.9:3260 failed (No route to host)', 'informational'],
    [event('Pod', 'Warning', 'FailedAttachVolume'), 'volume pvc-1 not scheduled', 'configuration'],
    [
      event('Pod', 'Warning', 'FailedMount'),
      'mount: /dev/longhorn/v is already mounted or mount point busy',
      'configuration',
    ],
  ],
};

describe.for(Object.entries(known))('%s', ([, messages]) => {
  test.for(messages)('$0.speaker $0.field $0.state: $1', ([where, text, is, version = 'v1.12.1']) => {
    expect(classify({ ...where, text }, version).class).toBe(is);
  });

  test.for(messages)('not in another place: $1', ([where, text, , version = 'v1.12.1']) => {
    expect(classify({ ...where, field: 'condition Scheduled', text }, version).class).toBe('unclassified');
  });
});

test("the last line of a v1.8's job says whose failure it was: a volume's, or that it could not even begin; a later version has no such line of a volume", () => {
  const said = {
    ...logged('job', 'fatal'),
    text: 'Failed to do a recurring job: Bad response statusCode [500]',
  };
  expect(classify(said, 'v1.8.2')).toMatchObject({ id: 'job-fails' });
  for (const version of ['v1.9.0', 'v1.12.1', 'v1.13.0'])
    expect(classify(said, version)).toEqual({ class: 'unclassified' });
  const early = { ...said, text: 'Failed to do a recurring job: failed to get clientset: no token' };
  for (const version of ['v1.8.2', 'v1.12.1'])
    expect(classify(early, version)).toMatchObject({ id: 'job-broken' });
});

test("the text of longhorn/longhorn#11293, letter by letter, is what the knowledge base calls it, and would be nothing in a creation's field", () => {
  const document = readFileSync(
    new URL('../../../fixtures/seeds/backup-store-lock-conflict.txt', import.meta.url),
    'utf8',
  );
  const text = /```sh\n([\s\S]*?)\n```/.exec(document)?.[1] ?? '';
  expect(text).toMatch(
    /^Failed to delete the backup s3:\/\/prod-xyz@vhbkp-backup\/\?backup=backup-fbec0b48b7c348d6&volume=pvc-3f3bd369-\S+ in the/,
  );
  expect(classify({ ...deleting, text }, 'v1.8.1')).toMatchObject({
    class: 'informational',
    id: 'deletion-lost-lock',
  });
  expect(classify({ ...creating, text }, 'v1.8.1')).toEqual({ class: 'unclassified' });
});

test('an unknown text is unclassified, wherever it stands', () => {
  const places = [
    ...new Set(
      Object.values(known)
        .flat()
        .map(([where]) => where),
    ),
  ];
  for (const where of places)
    expect(classify({ ...where, text: 'the dog ate it' }, 'v1.12.1')).toEqual({ class: 'unclassified' });
});
