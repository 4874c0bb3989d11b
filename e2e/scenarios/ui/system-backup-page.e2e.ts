import { scenario } from '../../suite/scenario.ts';

scenario(
  'A system backup is made, restored and deleted on its page, which shows what it is',
  {
    tags: ['ui', 'system-backups', 'slow'],
    // A system restore changes all of Longhorn.
    needs: ['browser', 'lab'],
    exclusive: ['default-backup-target', 'all-volumes'],
    disruptions: ['default-target'],
    proves: ['U16'],
  },
  async ({ given, when, then }) => {
    await given.exclusive('default-backup-target', 'all-volumes');
    const target = await given.defaultTargetOn(await given.store({ kind: 'the same kind' }));
    const page = await given.systemBackupsPage();
    const systemBackup = await when.systemBackedUpOnPage(page, target, 'Disabled');
    await then.systemBackupAsChosen(page, systemBackup);
    await then.storeHoldsSystemBackups(target, [systemBackup]);

    const restore = await when.systemRestoredOnPage(page, systemBackup);
    await then.systemRestoreCompletes(restore);
    await then.systemRestoreShown(page, restore);
    await when.systemRestoreDeletedOnPage(page, restore);

    await when.systemBackupDeletedOnPage(page, systemBackup);
    await then.systemBackupGone(systemBackup);
    await then.systemBackupGoneFromPage(page, systemBackup);
    await then.storeHoldsSystemBackups(target, []);
    await then.pageHasNoError(page);
  },
);
