import { scenario } from '../../suite/scenario.ts';
import type { ScenarioOptions } from '../../suite/scenario-core.ts';

const about = (
  variant: string,
  disruptions: ScenarioOptions['disruptions'] = ['manager-kill'],
): ScenarioOptions => ({
  seed: 'delete-backup-asynchronously#crash',
  tags: ['backup-deletion', 'manager-kill', variant],
  timeout: '60m',
  exclusive: ['longhorn-managers'],
  disruptions,
});

scenario(
  'A deletion whose manager is killed is begun again',
  { ...about('in-retry'), needs: ['immutableFile'], proves: ['D5'] },
  async ({ given, when, then }) => {
    const volume = await given.volume();
    await given.data(volume);
    const first = await given.settledBackup(volume);
    const immutable = await given.immutableConfig(first);
    await then.inForce(immutable);
    await given.exclusive('longhorn-managers');

    await when.deleted(first);
    // Kill at the first retry: each later back-off is twice as long, and no other scenario may run meanwhile. The
    // scenarios in delete-error check later retries and their back-offs.
    await then.deletingAgain(first);
    await when.ownerKilled(first);
    await then.deletionForgotten(first);

    await when.madeMutable(immutable, first);
    await then.deletedInTheEnd(first);
    await when.sharedAgain();
    await then.storeHolds(volume, [], { afterKill: true });
  },
);

scenario(
  'A deletion that is held open when its manager is killed is begun again',
  { ...about('held', ['manager-kill', 'process-hold']), proves: ['D5'] },
  async ({ given, when, then }) => {
    const volume = await given.volume();
    await given.data(volume);
    const first = await given.settledBackup(volume);
    await given.exclusive('longhorn-managers');
    const held = await given.heldDeletion(first);

    await when.deleted(first);
    await then.deleting(first);
    await then.inForce(held);
    await when.ownerKilled(first);
    await then.deletionForgotten(first);
    await then.deletedInTheEnd(first);
    await when.sharedAgain();
    await then.storeHolds(volume, [], { afterKill: true });
  },
);

scenario(
  'Deletions that a kill meets at ten points all end, and nothing else is lost',
  // Needs a block device, because each of the ten backups needs its own blocks, written between the backups.
  { ...about('ten-points'), needs: ['block-device'], proves: ['D5', 'D18'] },
  async ({ given, when, then }) => {
    const volume = await given.volume();
    await given.data(volume);
    const kept = await given.settledBackup(volume);
    await given.data(volume);
    const last = await given.settledBackup(volume);
    const time = await given.deletionTime(await given.settledBackup(volume));
    const ten = await given.backups(volume, { count: 10 });

    await given.exclusive('longhorn-managers');
    await when.deletedOneByOne(ten, { time });
    await when.ownerKilled(...ten);
    await then.deletedThroughKill(...ten);

    // A kill after the removal of the config leaves unused blocks. The next deletion that completes removes them.
    await when.deleted(last);
    await then.deleted(last);
    await when.sharedAgain();
    await then.storeHolds(volume, [kept], { afterKill: true });
  },
);
