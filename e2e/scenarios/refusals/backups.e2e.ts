import { scenario } from '../../suite/scenario.ts';

// Before v1.10, Longhorn accepts a backup of a missing snapshot, and the backup ends in Error.
scenario(
  'A backup of a missing snapshot, or to an unavailable target, is rejected',
  {
    tags: ['refusals', 'backup-targets'],
    needs: ['mounted-store'],
    longhorn: '>=1.10.0',
    proves: ['C4', 'C5'],
  },
  async ({ given, when, then }) => {
    const volume = await given.volume();
    const backup = await given.newBackup(await given.snapshot(volume));
    await then.refused(backup, 'a snapshot that is not there', { spec: { snapshotName: 'nowhere' } });

    await when.targetMisled(volume.target, 'a server that is not there');
    await then.targetReports('cannot mount');
    await then.refused(backup, 'a target that is not available', {});
    await when.targetSet(volume.target);
    await then.targetAvailable();
  },
);
