import { scenario } from '../../suite/scenario.ts';
import type { ScenarioOptions } from '../../suite/scenario-core.ts';

const about = {
  tags: ['system-backups', 'recurring-jobs'],
  longhorn: '>=1.9.0',
  // Elsewhere the default backup target has a user.
  needs: ['lab'],
  exclusive: ['default-backup-target'],
  disruptions: ['default-target'],
} as const satisfies Partial<ScenarioOptions>;

scenario(
  'A recurring job makes system backups, keeps its newest ones, and none but its own is removed',
  { ...about, proves: ['S10', 'S12'] },
  async ({ given, when, then }) => {
    await given.exclusive('default-backup-target');
    const target = await given.defaultTargetOn(await given.store({ kind: 'the same kind' }));
    const byHand = await when.systemBackedUp(target, { label: 'the system backup made by hand' });
    await then.systemBackupReady(byHand);
    const job = await given.systemBackupJob(target, { keeps: 2 });

    await when.jobTriggered(job);
    const first = await then.runMakesSystemBackup(job, 'Ready');
    await when.jobTriggered(job);
    const second = await then.runMakesSystemBackup(job, 'Ready');
    await then.systemBackupsKept(job, { kept: [byHand, first, second], removed: [] });
    await when.jobTriggered(job);
    const third = await then.runMakesSystemBackup(job, 'Ready');
    await then.systemBackupsKept(job, { kept: [byHand, second, third], removed: [first] });
    await then.storeHoldsSystemBackups(target, [byHand, second, third]);
  },
);

// longhorn/longhorn#13203: a job that fails again and again must not lose the good ones.
scenario(
  'A recurring job removes a system backup that failed, and keeps the last good one',
  // Before, a cleanup also counted system backups that were still being made.
  {
    ...about,
    tags: [...about.tags, 'slow'],
    longhorn: '>=1.11.3 <1.12.0 || >=1.12.1',
    needs: ['lab', 'wrongAnswers'],
    proves: ['S11'],
  },
  async ({ given, when, then }) => {
    await given.exclusive('default-backup-target');
    const target = await given.defaultTargetOn(await given.store({ kind: 'the same kind' }));
    const job = await given.systemBackupJob(target, { keeps: 1 });
    await when.jobTriggered(job);
    const good = await then.runMakesSystemBackup(job, 'Ready');

    // Before it makes a system backup, Longhorn looks in the store for one of that name.
    const unlistable = await given.wrongAnswers('AccessDenied', { to: 'list', on: target });
    await then.inForce(unlistable);
    await when.jobTriggered(job);
    const failed = await then.runMakesSystemBackup(job, 'Error');
    await then.systemBackupsKept(job, { kept: [good], removed: [failed] });
    await when.released(unlistable);
    await then.storeListed(await when.storeLookedInto(target));
    await then.storeHoldsSystemBackups(target, [good]);

    await when.jobTriggered(job);
    const next = await then.runMakesSystemBackup(job, 'Ready');
    await then.systemBackupsKept(job, { kept: [next], removed: [good] });
    await then.storeHoldsSystemBackups(target, [next]);
  },
);

scenario(
  'A recurring job still counts its system backups after the target was on another store',
  { ...about, tags: [...about.tags, 'slow'], proves: ['S10'] },
  async ({ given, when, then }) => {
    await given.exclusive('default-backup-target');
    const store = await given.store({ kind: 'the same kind' });
    const target = await given.defaultTargetOn(store);
    const job = await given.systemBackupJob(target, { keeps: 1 });
    await when.jobTriggered(job);
    const first = await then.runMakesSystemBackup(job, 'Ready');
    await when.targetChanged(target, { to: await given.store({ kind: 'the same kind' }) });
    await then.systemBackupGone(first);
    await when.targetChanged(target, { to: store });
    await then.systemBackupReady(first);

    await when.jobTriggered(job);
    const second = await then.runMakesSystemBackup(job, 'Ready');
    const isRemoved = await then.orKnownBug('recurring-system-backup-forgotten', () =>
      then.systemBackupsKept(job, { kept: [second], removed: [first] }),
    );
    await then.storeHoldsSystemBackups(target, isRemoved ? [second] : [first, second]);
  },
);
