import { expect, test } from 'vitest';
import { disorders } from './order.ts';
import type { Told, Transcript } from './transcript.ts';

type Line = [resource: string, name: string, is: Told['is']];

/** A transcript in this order of writes, which arrives in the opposite one. */
const written = (...lines: Line[]): Transcript =>
  lines.map(([resource, name, is], version): Told => ({ at: 0, version, resource, name, is })).reverse();

const waiting: Line = [
  'backups',
  'b2',
  { state: 'Pending', 'messages.info': 'Wait for backup b1 to be deleted' },
];
const completed: Line = ['backups', 'b2', { state: 'Completed' }];
const deleting: Line = ['backups', 'b1', { state: 'Deleting' }];
const failed: Line = ['backups', 'b1', { state: 'Error' }];
const gone: Line = ['backups', 'b1', 'gone'];
const known: Line = ['backupvolumes', 'of v', { lastBackup: 'b2' }];
const knownToVolume: Line = ['volumes', 'v', { lastBackup: 'b2' }];

test.each<[string, Line[]]>([
  ['a backup waits until the other is gone', [deleting, waiting, gone, completed]],
  ['a backup waits until the other has failed', [deleting, waiting, failed, completed, deleting]],
  [
    'a backup that waited begins when the other is deleted again',
    [deleting, waiting, failed, deleting, completed],
  ],
  ['a backup is known when it is complete', [completed, known, knownToVolume]],
  [
    'nobody knows any',
    [
      ['backupvolumes', 'of v', { lastBackup: 'none' }],
      ['volumes', 'v', { state: 'attached' }],
    ],
  ],
])('it may be that %s', (_, lines) => {
  expect(disorders(written(...lines))).toEqual([]);
});

test.each<[string, Line[]]>([
  ['b2 waits for b1, which is not Deleting', [waiting, deleting]],
  ['b2 waits for b1, which is not Deleting', [deleting, failed, waiting]],
  ['b2 waits no more for b1, which is still Deleting', [deleting, waiting, completed, gone]],
  ['backupvolume of v knows b2, which was never Completed', [known, completed]],
  ['volume v knows b2 before its backupvolume does', [completed, knownToVolume, known]],
])('it cannot be that %s', (text, lines) => {
  expect(disorders(written(...lines))).toContain(text);
});

test('what was so before the first action may have come about in any order', () => {
  const inherited = written(known).map((line) => ({ ...line, inherited: true as const }));
  expect(disorders(inherited)).toEqual([]);
});
