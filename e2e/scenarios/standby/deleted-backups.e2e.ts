import { scenario } from '../../suite/scenario.ts';
import type { BackupHandle } from '../../suite/steps/handles.ts';
import { littleData } from '../../suite/steps/sizes.ts';

scenario(
  'A standby volume continues with the next backup, whichever backups are deleted meanwhile',
  {
    tags: ['standby', 'backup-deletion', 'slow'],
    needs: ['block-device'],
    proves: ['DR10', 'DR11', 'DR13', 'DR28'],
  },
  async ({ given, when, then }) => {
    const volume = await given.volume();
    const size = littleData.data.size / 2;
    const data = [await given.data(volume, { offset: 0, size })];
    const first = await given.settledBackup(volume);
    const standbys = [await when.standbyMade(first), await when.standbyMade(first, { another: true })];
    for (const standby of standbys) await then.follows(standby, first);

    const next = async (...gone: BackupHandle[]): Promise<BackupHandle> => {
      for (const backup of gone) {
        await when.deleted(backup);
        await then.deleted(backup);
      }
      data.push(await given.data(volume, { offset: data.length * size, size }));
      const backup = await given.settledBackup(volume);
      for (const standby of standbys) await then.follows(standby, backup);
      return backup;
    };
    const second = await next();
    const third = await next(second);
    await next(first, third);

    for (const standby of standbys) {
      await then.staysAttached(standby);
      await when.activated(standby);
      await then.activated(standby, data);
    }
  },
);
