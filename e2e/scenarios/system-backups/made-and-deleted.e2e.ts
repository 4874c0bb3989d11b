import { scenario } from '../../suite/scenario.ts';
import type { ScenarioOptions } from '../../suite/scenario-core.ts';

const about = {
  tags: ['system-backups'],
  // Elsewhere the default backup target has a user.
  needs: ['lab'],
  exclusive: ['default-backup-target'],
  disruptions: ['default-target'],
} as const satisfies Partial<ScenarioOptions>;

scenario(
  'A system backup is in the store of the default target, is found again there, and is deleted with its files alone',
  { ...about, disruptions: ['default-target', 'unmount'], proves: ['S2', 'S3', 'S5', 'S13', 'S14'] },
  async ({ given, when, then }) => {
    await given.exclusive('default-backup-target');
    const store = await given.store({ kind: 'the same kind' });
    const target = await given.defaultTargetOn(store);
    const first = await when.systemBackedUp(target, { label: 'the first system backup' });
    const second = await when.systemBackedUp(target, {
      label: 'the second system backup',
      like: first,
    });
    for (const each of [first, second]) await then.systemBackupMade(each);
    await then.storeHoldsSystemBackups(target, [first, second]);

    await when.targetChanged(target, { to: await given.store({ kind: 'the same kind' }) });
    for (const each of [first, second]) await then.systemBackupGone(each);
    await when.targetChanged(target, { to: store });
    for (const each of [first, second]) await then.systemBackupReady(each);
    await when.targetEmptied(target);
    for (const each of [first, second]) await then.systemBackupGone(each);
    await when.targetSet(target);
    for (const each of [first, second]) await then.systemBackupReady(each);
    await then.storeHoldsSystemBackups(target, [first, second]);

    await when.systemBackupDeleted(first);
    await then.systemBackupGone(first);
    await then.storeHoldsSystemBackups(target, [second]);
    await when.systemBackupDeleted(second);
    await then.systemBackupGone(second);
    await then.storeHoldsSystemBackups(target, []);
  },
);

scenario(
  'A system backup whose files the store keeps is not reported as deleted',
  {
    ...about,
    tags: ['system-backups', 'slow'],
    needs: ['lab', 'immutableFile'],
    proves: ['S13'],
  },
  async ({ given, when, then }) => {
    await given.exclusive('default-backup-target');
    const target = await given.defaultTargetOn(await given.store({ kind: 'the same kind' }));
    const systemBackup = await when.systemBackedUp(target, { label: 'the system backup' });
    await then.systemBackupReady(systemBackup);
    const immutable = await given.immutableFile({ configOf: systemBackup });
    await then.inForce(immutable);

    await when.systemBackupDeleted(systemBackup);
    const isKept = await then.orKnownBug('system-backup-deletion-ignores-refusal', () =>
      then.systemBackupGoesWithItsFiles(systemBackup),
    );
    await then.inForce(immutable);
    await when.released(immutable);
    if (!isKept) {
      // It comes back as Ready, without its archive.
      await when.storeLookedInto(target);
      await then.systemBackupReady(systemBackup);
      await when.systemBackupDeleted(systemBackup);
    }
    await then.systemBackupGone(systemBackup);
    await then.storeHoldsSystemBackups(target, []);
  },
);

scenario(
  'A system backup whose config was missing for a moment can be used again, and deleted',
  {
    ...about,
    tags: ['system-backups', 'slow'],
    needs: ['lab', 'fileMissing'],
    proves: ['S3', 'S13', 'S20'],
  },
  async ({ given, when, then }) => {
    await given.exclusive('default-backup-target');
    const store = await given.store({ kind: 'the same kind' });
    const target = await given.defaultTargetOn(store);
    const systemBackup = await when.systemBackedUp(target, { label: 'the system backup' });
    await then.systemBackupReady(systemBackup);
    const missing = await given.fileMissing({ configOf: systemBackup });
    await then.inForce(missing);
    // Longhorn reads the config only when it finds the system backup.
    await when.targetChanged(target, { to: await given.store({ kind: 'the same kind' }) });
    await then.systemBackupGone(systemBackup);
    await when.targetChanged(target, { to: store });
    await then.systemBackupUnread(systemBackup);
    await then.inForce(missing);

    await when.released(missing);
    const sync = async () => then.storeListed(await when.storeLookedInto(target));
    for (const _ of ['first', 'second']) await sync();
    const isRead = await then.orKnownBug('unread-system-backup-stays-in-error', () =>
      then.systemBackupReadAgain(systemBackup),
    );
    await when.systemBackupDeleted(systemBackup);
    await then.systemBackupGone(systemBackup);
    if (isRead) return then.storeHoldsSystemBackups(target, []);
    const isDeleted = await then.orKnownBug('unread-system-backup-is-never-deleted', () =>
      then.storeHoldsSystemBackups(target, []),
    );
    if (isDeleted) return;
    await sync();
    await then.systemBackupReady(systemBackup);
    await when.systemBackupDeleted(systemBackup);
    await then.systemBackupGone(systemBackup);
    await then.storeHoldsSystemBackups(target, []);
  },
);

scenario(
  'A system backup whose policy for backups of volumes is misspelt is rejected, or fails',
  about,
  async ({ given, then }) => {
    await given.exclusive('default-backup-target');
    const target = await given.defaultTargetOn(await given.store({ kind: 'the same kind' }));
    const volume = await given.volume();
    await then.orKnownBug('misspelt-policy-backs-nothing-up', () =>
      then.misspeltPolicyRefused(target, volume),
    );
  },
);

scenario(
  'A new system backup with the name of one in the store is rejected, fails or is made',
  { ...about, tags: ['system-backups', 'slow'], proves: ['S30'] },
  async ({ given, when, then }) => {
    await given.exclusive('default-backup-target');
    const target = await given.defaultTargetOn(await given.store({ kind: 'the same kind' }));
    const systemBackup = await when.systemBackedUp(target, { label: 'the first system backup' });
    await then.systemBackupReady(systemBackup);
    await when.systemBackupForgotten(systemBackup);
    await then.storeHoldsSystemBackups(target, [systemBackup]);
    await then.orKnownBug('reused-system-backup-name-makes-nothing', () =>
      then.systemBackupNameTaken(systemBackup),
    );
  },
);

scenario(
  'A system backup is rejected while the default backup target has no URL',
  { ...about, proves: ['S4'] },
  async ({ given, then, skip }) => {
    await given.exclusive('default-backup-target');
    if ((await given.defaultTarget()) !== '') skip('its default backup target has been given a URL');
    await then.defaultTargetUnset();
    await then.systemBackupRefused();
  },
);

scenario(
  'The policy of a system backup is if-not-present by default',
  { ...about, proves: ['S9'] },
  async ({ given, then }) => {
    await given.exclusive('default-backup-target');
    await given.defaultTargetOn(await given.store({ kind: 'the same kind' }));
    const systemBackup = await given.newSystemBackup();
    const into = { volumeBackupPolicy: 'if-not-present' };
    await then.corrected(systemBackup, 'no policy', { spec: {}, into });
  },
);

scenario(
  'A system backup that is requested while the Secret of the target is missing is made once it is back, or fails',
  { ...about, tags: ['system-backups', 'slow'], needs: ['lab', 'secretLost'] },
  async ({ given, when, then }) => {
    await given.exclusive('default-backup-target');
    const target = await given.defaultTargetOn(await given.store({ kind: 'the same kind' }));
    const missing = await given.secretLost('missing', { on: target });
    await then.inForce(missing);
    const systemBackup = await when.systemBackedUp(target, { label: 'the system backup' });
    await then.systemBackupWaits(systemBackup);
    await when.released(missing);
    await then.orKnownBug('system-backup-forgotten-without-secret', () =>
      then.systemBackupNotForgotten(systemBackup),
    );
  },
);

scenario(
  'A system backup whose config the store has refused once has it in the end, or fails',
  { ...about, tags: ['system-backups', 'slow'], needs: ['lab', 'wrongAnswers'] },
  async ({ given, when, then }) => {
    await given.exclusive('default-backup-target');
    const target = await given.defaultTargetOn(await given.store({ kind: 'the same kind' }));
    // Longhorn writes the archive, then the config.
    const refused = await given.wrongAnswers('AccessDenied', { to: 'write', on: target, every: 2 });
    await then.inForce(refused);
    const systemBackup = await when.systemBackedUp(target, { label: 'the system backup' });
    await then.configRefused(systemBackup, refused);
    await when.released(refused);
    await then.orKnownBug('refused-system-backup-config-is-never-written', () =>
      then.systemBackupMadeWhole(systemBackup),
    );
    // Longhorn then writes both files again, and its upload ends.
    await when.systemBackupDeleted(systemBackup);
    await then.systemBackupGone(systemBackup);
  },
);

scenario(
  'A system backup that is deleted during its upload stays deleted',
  { ...about, tags: ['system-backups', 'slow'], needs: ['lab', 'wrongAnswers'], proves: ['S13'] },
  async ({ given, when, then }) => {
    await given.exclusive('default-backup-target');
    const target = await given.defaultTargetOn(await given.store({ kind: 'the same kind' }));
    const silent = await given.wrongAnswers('silence', { to: 'write', on: target });
    await then.inForce(silent);
    const systemBackup = await when.systemBackedUp(target, { label: 'the system backup' });
    await then.archiveUnanswered(systemBackup, silent);
    await when.systemBackupDeleted(systemBackup);
    await when.systemDeletionTried(systemBackup);
    await when.released(silent);
    await then.systemBackupGone(systemBackup);
    const isGone = await then.orKnownBug('deleted-system-backup-comes-back', () =>
      then.systemBackupStaysDeleted(systemBackup),
    );
    if (isGone) return;
    await then.storeListed(await when.storeLookedInto(target));
    await then.systemBackupReady(systemBackup);
    await when.systemBackupDeleted(systemBackup);
    await then.systemBackupGone(systemBackup);
    await then.storeHoldsSystemBackups(target, []);
  },
);

scenario(
  'A system backup whose manager ends during its upload is made all the same, or fails',
  {
    ...about,
    tags: ['system-backups', 'manager-kill', 'slow'],
    needs: ['lab', 'wrongAnswers'],
    exclusive: ['default-backup-target', 'longhorn-managers'],
    disruptions: ['default-target', 'manager-kill'],
    proves: ['S3'],
  },
  async ({ given, when, then }) => {
    await given.exclusive('default-backup-target', 'longhorn-managers');
    const target = await given.defaultTargetOn(await given.store({ kind: 'the same kind' }));
    const silent = await given.wrongAnswers('silence', { to: 'write', on: target });
    await then.inForce(silent);
    const systemBackup = await when.systemBackedUp(target, { label: 'the system backup' });
    await then.archiveUnanswered(systemBackup, silent);
    const killed = await when.systemBackupOwnerKilled(systemBackup);
    // The command of the killed one ends with its container, some time after its pod.
    await then.managersBack(killed);
    await when.released(silent);
    await then.orKnownBug('ended-manager-stops-system-backup', () =>
      then.systemBackupUploadedAgain(systemBackup),
    );
  },
);

// From Longhorn's page "Backup Longhorn System", its list of what is in the bundle.
scenario(
  'A system backup has the documented kinds of objects, those of a volume with a claim among them, and no others',
  { ...about, proves: ['S1'] },
  async ({ given, when, then }) => {
    const claimed = await given.claimedPersistentVolume(await given.volume());
    await given.exclusive('default-backup-target');
    const target = await given.defaultTargetOn(await given.store({ kind: 'the same kind' }));
    const made = await when.systemBackedUp(target, { label: 'the system backup' });
    await then.systemBackupMade(made);
    await then.systemBackupHas(made, claimed);
  },
);
