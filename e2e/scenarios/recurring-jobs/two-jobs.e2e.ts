import { backedUpVolume } from '../../suite/backed-up-volume.ts';
import { scenario } from '../../suite/scenario.ts';
import type { BackupHandle } from '../../suite/steps/handles.ts';
import { mebibyte } from '../../suite/steps/sizes.ts';

scenario(
  'Each of two recurring jobs keeps its own newest backups, and no manual backup is removed',
  // Needs a block device, because different data make the backups differ.
  {
    tags: ['recurring-jobs', 'slow'],
    timeout: '60m',
    needs: ['block-device'],
    proves: ['J2', 'J3', 'J4', 'J14', 'R4'],
  },
  async ({ given, when, then }) => {
    const { volume, data, backup: manual } = await backedUpVolume(given);
    const one = { job: await given.recurringJob(volume), backups: [] as BackupHandle[] };
    const two = { job: await given.recurringJob(volume, { keeps: 2 }), backups: [] as BackupHandle[] };
    const run = async (each: typeof one) => {
      await when.jobTriggered(each.job);
      await then.jobsComplete(each.job);
      each.backups = await then.oneBackupEachTick(each.job);
      await then.jobLogs(each.job, { cleanup: 'done', backups: each.backups });
    };

    const written = [];
    for (const each of [one, two, one, two, two]) {
      written.push(await given.data(volume, { offset: 0, size: 4 * mebibyte }));
      await run(each);
    }
    await run(one);
    const [unchanged, before] = [one.backups.at(-1), two.backups.at(-1)];
    if (unchanged && before) await then.madeUnchanged(unchanged, { before });

    for (const { job, backups } of [one, two]) await then.oldBackupsDeleted(job, backups);
    const kept = [one, two].flatMap(({ job, backups }) => backups.slice(-job.retain));
    await then.storeHolds(volume, [manual, ...kept]);
    // Of each job only the snapshot of its last backup is left, however many backups it keeps.
    const [first, second] = [one, two].map(({ backups }) => backups.at(-1)?.snapshot);
    if (first && second) await then.snapshotsLeft(volume, [manual.snapshot, first, second]);
    await then.restores(manual, data);
    for (const [index, backup] of two.backups.slice(-2).entries())
      await then.restores(backup, written.slice(3 + index, 4 + index));
  },
);
