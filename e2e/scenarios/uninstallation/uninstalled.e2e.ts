import { backedUpVolume } from '../../suite/backed-up-volume.ts';
import { scenario } from '../../suite/scenario.ts';

const all = [
  'default-backup-target',
  'longhorn-managers',
  'cluster-settings',
  'nodes',
  'all-volumes',
] as const;

scenario(
  'An uninstallation leaves all in the store, and the next Longhorn lists and restores it',
  {
    tags: ['uninstallation', 'slow'],
    // It takes all volumes of a Longhorn along.
    needs: ['lab', 'block-device', 'wrongAnswers'],
    exclusive: all,
    disruptions: ['uninstallation', 'default-target', 'settings', 'cordon'],
    proves: ['G3', 'G4', 'G5', 'G6', 'T34'],
  },
  async ({ given, when, then }) => {
    await given.exclusive(...all);
    const { volume, data, backup } = await backedUpVolume(given);
    // Without a backup volume, which would take it along (longhorn/longhorn#5868).
    const failing = await given.volume();
    await given.data(failing);
    const unwritable = await given.wrongAnswers('AccessDenied', { to: 'write' });
    await then.inForce(unwritable);
    const failed = await when.backedUp(await given.snapshot(failing));
    await then.creationFails(failed, 'creation-denied');
    await when.released(unwritable);
    const target = await given.defaultTargetOn(await given.store({ kind: 'the same kind' }));
    const systemBackup = await when.systemBackedUp(target, { label: 'the system backup' });
    await then.systemBackupReady(systemBackup);

    await then.uninstallationRefused();
    await given.setting('Longhorn may be uninstalled');
    const uninstalled = await when.uninstalled();
    await then.uninstalled(uninstalled);
    await then.storeHolds(volume, [backup]);
    await then.storeHoldsSystemBackups(target, [systemBackup]);

    // Longhorn starts no instance manager there, and a manager without one cannot list (longhorn/longhorn#7619).
    const cordoned = await when.nodesCordoned(uninstalled);
    await when.installedAgain(uninstalled);
    await when.targetMadeAgain(volume.target);
    await then.known(backup);
    for (const node of cordoned) await when.released(node);
    await when.targetSet(target);
    await then.systemBackupReady(systemBackup);
    await then.restores(backup, data);
  },
);
