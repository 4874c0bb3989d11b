import { globSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Expectation, StateStep } from '../../../e2e/history/expectation.ts';
import { makeStep } from '../../../e2e/history/named-state.ts';
import { replayTimeline } from '../../../e2e/history/replay.ts';
import type { Backup, Volume } from '../../../e2e/longhorn/types.ts';
import * as plain from '../../../e2e/suite/steps/backup/expectations.ts';
import * as deletions from '../../../e2e/suite/steps/deletion/expectations.ts';
import * as jobs from '../../../e2e/suite/steps/job/expectations.ts';
import * as locks from '../../../e2e/suite/steps/lock/expectations.ts';
import * as restores from '../../../e2e/suite/steps/restore/expectations.ts';
import * as stores from '../../../e2e/suite/steps/store/expectations.ts';
import { loadRecording } from '../../support/recordings.ts';

const version = 'v1.12.1';
const backup = { name: 'b1', label: 'the first backup', from: 0 };
const other = { name: 'b2', label: 'the second backup', from: 0 };
const backups = replayTimeline<Backup>('backups');
const run = { job: 'j-1', label: 'the first run', from: 0 };
const volumes = replayTimeline<Volume>('volumes');
const restore = { name: 'w', label: 'the restored volume', from: 0 };
const waiting = { second: other, first: backup, version };
const losing = { backup, version };

// biome-ignore lint/suspicious/noExplicitAny: expectations on objects of any kind.
const expectations: Record<string, Expectation<any>> = {
  completes: plain.completes(backups, backup),
  isHeldBack: plain.isHeldBack(backups, waiting),
  waitsAndCompletes: plain.waitsAndCompletes(backups, waiting),
  isBeingDeleted: deletions.isBeingDeleted(backups, backup),
  isDeleted: deletions.isDeleted(backups, backup),
  remains: plain.remains(backups, { backup, state: plain.backupIs('Deleting') }),
  remainsCompleted: plain.remainsCompleted(backups, backup),
  deletionFails: deletions.deletionFails(backups, losing),
  isRefused: deletions.isRefused(backups, losing),
  deletionFailsAgain: deletions.deletionFailsAgain(backups, losing),
  isDeletingAgain: deletions.isDeletingAgain(backups, losing),
  isForgottenAndRetried: deletions.isForgottenAndRetried(backups, losing),
  isDeletedInTheEnd: deletions.isDeletedInTheEnd(backups, losing),
  isDeletedThroughKill: deletions.isDeletedThroughKill(backups, losing),
  isNeverHeldBack: plain.isNeverHeldBack(backups, losing),
  goesOn: plain.goesOn(backups, { backup: other, held: plain.waitsFor(backup, version) }),
  deletionLosesLock: locks.deletionLosesLock(backups, losing),
  deletionIsRetried: locks.deletionIsRetried(backups, losing),
  deletionResolves: locks.deletionResolves(backups, losing),
  creationLosesLock: locks.creationLosesLock(backups, losing),
  staysLost: locks.staysLost(backups, losing),
  isUploading: plain.isUploading(backups, losing),
  isRemovedFromCluster: stores.isRemovedFromCluster(backups, backup),
  creationEnds: stores.creationEnds(backups, { ...losing, id: 'creation-denied' }),
  isUnderWay: restores.isUnderWay(volumes, restore),
  succeeds: restores.succeeds(volumes, restore),
  isGivenUp: restores.isGivenUp(volumes, restore),
  isUnusedMeanwhile: restores.isUnusedMeanwhile(volumes, restore),
  oldDeletionFails: jobs.oldDeletionFails(backups, { ...losing, by: 'the mount' }),
  oldBackupIsDeleted: jobs.oldBackupIsDeleted(backups, losing),
  jobCompletes: jobs.jobCompletes(replayTimeline('jobs'), run),
  jobEnds: jobs.jobEnds(replayTimeline('jobs'), run),
  jobFails: jobs.jobFails(replayTimeline('jobs'), run),
  isMadeAlone: jobs.isMadeAlone(backups, { backup, others: [other] }),
  isTakenAlone: jobs.isTakenAlone(replayTimeline('snapshots'), { snapshot: backup, others: [other] }),
};

// biome-ignore lint/suspicious/noExplicitAny: as above.
const stepsOf = ({ specification }: Expectation<any>): StateStep<never>[] => {
  const { steps, allowed, starts = [], nevers } = specification;
  return [...steps, ...allowed, ...starts, ...nevers.flatMap(({ step, other: { is } }) => [step, is])];
};

const root = new URL('../../../fixtures/recordings/', import.meta.url);
const recordings = await Promise.all(
  globSync('*/*.ndjson', { cwd: root }).map((file) => loadRecording(new URL(file, root))),
);
const recorded = recordings.flatMap(({ lines }) => lines.flatMap((line) => ('object' in line ? [line] : [])));

/** The objects of all recordings that a step matches, by their position. */
const matchedBy = (step: StateStep<never>, resource: string): number[] =>
  recorded.flatMap((line, index) =>
    line.resource === resource && step.matches(line.object as never) ? [index] : [],
  );

describe('each step of an expectation can be written down and made again by the same code', () => {
  test.each(Object.entries(expectations))('%s', (_, expectation) => {
    const { label } = expectation.specification.timeline;
    for (const step of stepsOf(expectation)) {
      const again = makeStep(JSON.parse(JSON.stringify(step.name)));
      expect(again?.label).toBe(step.label);
      expect(again?.name).toEqual(step.name);
      expect(matchedBy(again as StateStep<never>, label)).toEqual(matchedBy(step, label));
    }
  });

  test('all expectations that there are', () => {
    const made = [plain, deletions, locks, jobs, stores, restores].flatMap((module) => Object.keys(module));
    const states =
      'backupIs waitsFor waitsForNamed waitsForReadiness neverReached deletionFailed hasOnlyError';
    const others =
      'backupHistory stateWhen goneAt statusAt unlessUploaded restartsIn jobOf describeJob refusals storeRefusals storeFailures failureMessages';
    const gaps = 'retryWindow describeWindow describeGap judgeGap namedLock reportLockText stayedFailed';
    const known = [states, others, gaps].join(' ').split(' ');
    expect(made.filter((name) => !known.includes(name)).sort()).toEqual(Object.keys(expectations).sort());
  });
});

test('a state that nobody knows is none', () => {
  expect(makeStep({ state: 'no-such-state', given: ['on'] })).toBeUndefined();
});
