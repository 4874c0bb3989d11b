import { backedUpVolume } from '../../suite/backed-up-volume.ts';
import { scenario } from '../../suite/scenario.ts';
import type { BackupHandle } from '../../suite/steps/handles.ts';
import { mebibyte } from '../../suite/steps/sizes.ts';

// longhorn/longhorn#12060
scenario(
  'A recurring job that keeps backups by their age removes its own that are too old, and no younger one',
  // Needs a block device: data are overwritten before each run, so that a backup has blocks of its own to lose.
  {
    tags: ['recurring-jobs', 'slow'],
    longhorn: '>=1.13.0',
    needs: ['block-device'],
    proves: ['J43'],
  },
  async ({ given, when, then }) => {
    const plain = await given.newJob();
    await then.corrected(plain, 'no policy', { spec: {}, into: { retentionPolicy: 'count-based' } });
    const negative = { retentionPolicy: 'age-based', retainAge: '-1h' };
    await then.corrected(plain, 'a negative age', { spec: negative, into: { retainAge: '0s' } });
    await then.refused(plain, 'an unknown policy', { spec: { retentionPolicy: 'size-based' } });

    const { volume, backup: byHand } = await backedUpVolume(given);
    // Its retain is 1: by number, each run would remove the backup of the one before.
    const job = await given.jobByAge(volume);
    let made: BackupHandle[] = [];
    const run = async () => {
      await given.data(volume, { offset: 0, size: 4 * mebibyte });
      await when.jobTriggered(job);
      await then.jobsComplete(job);
      made = await then.oneBackupEachTick(job);
    };

    await run();
    await then.staysUntil(made.slice(0, 1), 'half');
    await run();
    await then.keptByAge(job, { old: [], young: made });
    await then.staysUntil(made.slice(0, 1), 'all');
    await run();
    await then.keptByAge(job, { old: made.slice(0, 1), young: made.slice(1), beside: [byHand] });
    await then.storeHolds(volume, [byHand, ...made.slice(1)]);

    const ageless = await given.jobByAge(volume, { ageless: true });
    await when.jobTriggered(ageless);
    await then.leftOut(ageless, { ageless: true });
  },
);
