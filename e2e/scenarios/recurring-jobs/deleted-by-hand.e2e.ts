import { scenario } from '../../suite/scenario.ts';
import { mebibyte } from '../../suite/steps/sizes.ts';

// Not derived from a document. The store leaves the writing of blocks unanswered, so that the deletion meets the lock of
// the upload, and waits for its next try while the run ends.
scenario(
  'A recurring job keeps as many backups as it is to, although one of them is being deleted by hand',
  { tags: ['recurring-jobs', 'slow'], needs: ['wrongAnswers', 'block-device'], proves: ['J2'] },
  async ({ given, when, then }) => {
    const volume = await given.volume();
    const job = await given.recurringJob(volume, { keeps: 2 });
    const run = async () => {
      const data = await given.data(volume, { offset: 0, size: 4 * mebibyte });
      await when.jobTriggered(job);
      await then.jobsComplete(job);
      const [backup] = (await then.oneBackupEachTick(job)).slice(-1);
      if (backup === undefined) throw new Error('the run has made no backup');
      return { data, backup };
    };
    const first = await run();
    const second = await run();

    await given.data(volume, { offset: 0, size: 4 * mebibyte });
    const silent = await given.wrongAnswers('silence', {
      to: 'write',
      below: { of: volume, folder: 'blocks' },
    });
    await then.inForce(silent);
    await when.jobTriggered(job);
    const third = await then.runUploads(job);
    await when.deleted(second.backup);
    await then.notDeleted(second.backup);
    await when.released(silent);
    await then.jobsComplete(job);
    const left = await then.orKnownBug('deleted-backup-counts-as-kept', () =>
      then.leftByRun(job, first.backup, { beside: second.backup }),
    );
    await then.goneInTheEnd(second.backup);
    if (!left) await then.goneInTheEnd(first.backup);
    await then.storeHolds(volume, left ? [first.backup, third] : [third]);
    if (left) await then.restores(first.backup, [first.data]);
  },
);
