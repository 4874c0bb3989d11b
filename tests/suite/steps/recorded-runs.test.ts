import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { parseRecording, type Recording } from '../../../e2e/history/recording.ts';
import { agrees, judgeAgain } from '../../../e2e/suite/evidence/replay/judge-again.ts';
import { judgeMessages } from '../../../e2e/suite/steps/conclude/messages.ts';
import { describeObject } from '../../../e2e/suite/steps/describe-object.ts';
import '../../../e2e/suite/steps/subjects.ts';
import { replayRecording } from '../../support/recordings.ts';
import { speaking, volumesOf } from './recordings.ts';

// The suite's own evidence of scenarios that ran on a real Longhorn.
const folder = fileURLToPath(new URL('../../../fixtures/recordings/runs/', import.meta.url));
const load = (file: string): Recording =>
  parseRecording(gunzipSync(readFileSync(`${folder}${file}`)).toString());

const saidByLoser = [
  'Deleting creation-lost-lock',
  'Error creation-lost-lock',
  'Error waits-for-deletion',
  'Pending waits-for-deletion',
];

/**
 * How many expectations of each recorded run are judged again, and what its backups, snapshots and targets
 * said, by the catalogue's rows.
 */
const recorded: Record<string, [judged: number, said: string[]]> = {
  // The second backup lost the lock to the blocks' removal and is in Error for good; that it says until it is
  // gone.
  'v1.8.2/a-backup-made-during-a-deletion-waits-for-it-then-runs': [5, saidByLoser],
  'v1.12.1/a-backup-has-all-data-of-its-snapshot-although-the-name-of-a': [2, []],
  'v1.12.1/a-backup-of-17-blocks-whose-config-cannot-be-written-in-the': [3, []],
  // Its restore was given up in the end, with the credentials of another backup target.
  'v1.12.1/a-backup-of-an-older-snapshot-that-ends-after-that-of-a-newe': [4, []],
  'v1.12.1/a-backup-has-the-time-of-its-snapshot-whenever-it-is-made': [2, []],
  'v1.12.1/a-backup-that-cannot-read-volume-cfg-costs-its-volume-no-rep': [
    4,
    ['Deleting creation-not-begun', 'Error creation-not-begun'],
  ],
  'v1.12.1/a-backup-that-is-being-deleted-does-not-go-while-its-config': [3, []],
  'v1.12.1/a-backup-that-was-missing-in-the-store-and-stayed-in-longhor': [2, []],
  'v1.12.1/a-backup-that-waited-for-a-deletion-is-made-although-blocks': [7, saidByLoser],
  'v1.12.1/a-backup-that-is-deleted-while-its-upload-has-lost-its-lock': [2, []],
  'v1.12.1/a-backup-volume-that-is-deleted-goes-with-all-its-backups-al': [3, []],
  'v1.12.1/a-backup-volume-whose-volume-cfg-is-missing-reports-that-and': [3, []],
  'v1.12.1/a-deletion-does-not-begin-beside-an-upload-whose-lock-cannot': [3, []],
  'v1.12.1/a-backup-is-uploaded-to-its-own-backup-target-although-its-v': [
    4,
    ['Deleting creation-not-trusted', 'Error creation-not-trusted'],
  ],
  'v1.12.1/a-restore-goes-on-if-the-config-of-its-backup-cannot-be-read': [6, []],
  'v1.12.1/a-snapshot-that-is-deleted-while-it-is-uploaded-gives-a-back': [3, []],
  'v1.12.1/a-standby-volume-that-cannot-read-its-next-backup-reports-th': [3, []],
  'v1.12.1/a-store-whose-volumes-cannot-be-listed-is-not-taken-for-an-e': [2, []],
  'v1.12.1/files-of-others-in-a-store-hide-no-backup-and-keep-no-deleti': [2, []],
  'v1.12.1/a-backup-target-whose-secret-is-emptied-or-deleted-reports-t': [2, []],
  'v1.12.1/a-backup-that-was-found-in-a-store-is-deleted-though-it-has': [2, []],
  'v1.12.1/a-standby-volume-follows-the-backups-of-another-longhorn-at': [4, []],
  'v1.12.1/a-standby-volume-of-which-snapshots-are-made-follows-its-sou': [3, []],
  'v1.12.1/a-standby-volume-whose-backup-target-is-changed-has-the-newe': [3, []],
  'v1.12.1/a-standby-volume-restores-a-backup-that-was-made-again-under': [4, []],
  'v1.12.1/a-volume-that-is-still-being-restored-is-not-backed-up-as-if': [2, []],
  'v1.12.1/a-backup-is-restored-in-its-size-although-a-smaller-volume-w': [2, []],
  'v1.12.1/a-standby-volume-can-be-activated-although-a-smaller-volume': [4, []],
  'v1.12.1/the-backups-of-a-copied-store-can-be-restored-once-the-backu': [4, []],
  'v1.12.1/the-first-backup-of-a-volume-stays-deleted-if-it-is-deleted': [1, []],
  'v1.12.1/the-deletion-of-a-backup-leaves-the-others-whole-though-they': [3, []],
};

test('every recorded run of a real Longhorn is in the table', () => {
  const names = globSync('longhorn-*/*.ndjson.gz', { cwd: folder }).map((file) => file.slice(9, -10));
  expect(names.toSorted()).toEqual(Object.keys(recorded).toSorted());
});

describe.for(Object.entries(recorded))('%s', ([name, [judged, said]]) => {
  const recording = load(`longhorn-${name}.ndjson.gz`);

  test('is judged as it was', () => {
    const again = judgeAgain(recording, describeObject);
    const decided = again.filter(({ now }) => now !== undefined);
    expect(decided.map((each) => agrees(each))).toEqual(Array(judged).fill(true));
  });

  test('says what the catalogue knows for its version', () => {
    const timelines = speaking(replayRecording(recording));
    const volumes = volumesOf(timelines);
    const version = String(recording.header.longhorn);
    const { met } = judgeMessages(timelines, { volumes, targets: ['default'], expected: [], version });
    const ids = met.map(
      ({ state, classification: found }) =>
        `${state} ${found.class === 'unclassified' ? found.class : found.id}`,
    );
    expect([...new Set(ids)].sort()).toEqual(said);
  });
});
