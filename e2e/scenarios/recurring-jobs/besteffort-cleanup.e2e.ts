import { scenario } from '../../suite/scenario.ts';
import type { ScenarioOptions } from '../../suite/scenario-core.ts';
import type { BackupHandle } from '../../suite/steps/handles.ts';
import type { JobHandle } from '../../suite/steps/job/job.ts';
import type { JobCleanup } from '../../suite/steps/job/log.ts';
import { mebibyte } from '../../suite/steps/sizes.ts';
import type { Steps } from '../../suite/steps/steps.ts';

type Fixture = Pick<Steps, 'given' | 'when' | 'then'>;

const about = (variant: string, disruptions: ScenarioOptions['disruptions'] = []): ScenarioOptions => ({
  seed: 'besteffort-recurring-job-cleanup',
  tags: ['recurring-jobs', variant],
  timeout: '60m',
  // A run makes a backup even without new data. With new data for each run, the store shows what a cleanup removes.
  needs: ['block-device'],
  disruptions,
});

// Written before each run, so that each backup has its own blocks. Two blocks are enough, because the upload need not
// be observed.
const newData = { offset: 0, size: 4 * mebibyte };

// The first run has no fault, because the first run of a new volume may report a warning for another reason.
const givenOneCleanRun = async ({
  given,
  when,
  then,
}: Fixture): Promise<{ job: JobHandle; backups: BackupHandle[] }> => {
  const volume = await given.volume();
  const job = await given.recurringJob(volume);
  await given.data(volume, newData);
  await when.jobTriggered(job);
  await then.jobsComplete(job);
  const backups = await then.oneBackupEachTick(job);
  await then.jobLogs(job, { cleanup: 'done, or too early', backups });
  return { job, backups };
};

const started = {
  'by its cron': ({ when }: Fixture, job: JobHandle) => when.jobScheduled(job),
  'at will': ({ when }: Fixture, job: JobHandle) => when.jobTriggered(job),
};

const run = async (
  fixture: Fixture,
  job: JobHandle,
  how: { started: keyof typeof started; cleanup: JobCleanup },
): Promise<BackupHandle[]> => {
  const { given, then } = fixture;
  await given.data(job.volume, newData);
  await started[how.started](fixture, job);
  await then.jobsComplete(job);
  const backups = await then.oneBackupEachTick(job);
  await then.jobLogs(job, { cleanup: how.cleanup, backups });
  return backups;
};

// Only one of the five runs is started by cron, because cron counts in minutes.
const five = ['by its cron', 'at will', 'at will', 'at will', 'at will'] as const;

const thenNothingElse = async ({ then }: Fixture, job: JobHandle): Promise<void> => {
  await then.oneBackupEachTick(job);
  await then.neverTwoAtOnce(job);
  await then.nothingRestarted(job);
};

// All old backups are deleted at the same time when the fault is over.
const bug = 'deletions-at-once-miss-blocks';

scenario(
  'A recurring job goes on making backups while the engine deletes none',
  {
    ...about('read-only-backups', ['manager-mount']),
    needs: ['block-device', 'readOnlyBackups'],
    proves: ['C2', 'D18', 'J5'],
    cells: ['delete | backups/ | no permission to change it'],
  },
  async (fixture) => {
    const { given, when, then } = fixture;
    let { job, backups } = await givenOneCleanRun(fixture);
    const fault = await given.faultyCleanup(job, 'the engine deletes no backup');
    await then.inForce(fault);

    for (const started of five) backups = await run(fixture, job, { started, cleanup: 'done' });
    await then.oldDeletionsFail(job, { by: 'the mount', backups });
    await then.allInStore(backups);
    await then.inForce(fault);
    await thenNothingElse(fixture, job);

    await when.released(fault);
    await then.oldBackupsDeleted(job, backups);
    await then.orKnownBug(bug, () => then.storeHolds(job.volume, backups.slice(-job.retain)), { race: true });
  },
);

scenario(
  'A recurring job goes on making backups while the store lets none go',
  { ...about('immutable'), needs: ['block-device', 'immutableFile'], proves: ['D18', 'J5'] },
  async (fixture) => {
    const { given, when, then } = fixture;
    let { job, backups } = await givenOneCleanRun(fixture);
    const heals: (() => Promise<unknown>)[] = [];

    for (const started of five) {
      for (const newest of backups.slice(-1)) {
        const immutable = await given.immutableConfig(newest);
        await then.inForce(immutable);
        heals.push(() => when.madeMutable(immutable, newest));
      }
      backups = await run(fixture, job, { started, cleanup: 'done' });
    }
    await then.oldDeletionsFail(job, { by: 'the store', backups });
    await then.allInStore(backups);
    await thenNothingElse(fixture, job);

    for (const heal of heals) await heal();
    await then.oldBackupsDeleted(job, backups);
    await then.orKnownBug(bug, () => then.storeHolds(job.volume, backups.slice(-job.retain)), { race: true });
  },
);

scenario(
  'A recurring job goes on making backups while it may not delete any',
  { ...about('denied-backups', ['admission-policy']), proves: ['J5'] },
  async (fixture) => {
    const { given, when, then } = fixture;
    let { job, backups } = await givenOneCleanRun(fixture);
    // The job has not made this backup, so it must not delete it.
    const kept = await given.settledBackup(job.volume);
    const fault = await given.faultyCleanup(job, 'backups may not be deleted');
    await then.inForce(fault);

    for (const started of five) backups = await run(fixture, job, { started, cleanup: 'backups refused' });
    await then.allInStore([kept, ...backups]);
    await then.inForce(fault);
    await thenNothingElse(fixture, job);

    await when.released(fault);
    backups = await run(fixture, job, { started: 'at will', cleanup: 'done' });
    await then.oldBackupsDeleted(job, backups);
    await then.orKnownBug(bug, () => then.storeHolds(job.volume, [kept, ...backups.slice(-job.retain)]), {
      race: true,
    });
  },
);

scenario(
  'A recurring job that may not delete snapshots makes nothing any more',
  { ...about('denied-snapshots', ['admission-policy']), proves: ['J5', 'J8'] },
  async (fixture) => {
    const { given, when, then } = fixture;
    let { job, backups } = await givenOneCleanRun(fixture);
    const fault = await given.faultyCleanup(job, 'snapshots may not be deleted');
    await then.inForce(fault);

    const [first, ...others] = five;
    backups = await run(fixture, job, { started: first, cleanup: 'snapshots refused' });
    for (const how of others) {
      await given.data(job.volume, newData);
      await started[how](fixture, job);
      await then.nothingMadeAnyMore(job);
      await then.jobLogs(job, { cleanup: 'nothing made', backups });
    }
    await then.inForce(fault);

    await when.released(fault);
    backups = await run(fixture, job, { started: 'at will', cleanup: 'done' });
    await thenNothingElse(fixture, job);
    await then.oldBackupsDeleted(job, backups);
    await then.orKnownBug(bug, () => then.storeHolds(job.volume, backups.slice(-job.retain)), { race: true });
  },
);
