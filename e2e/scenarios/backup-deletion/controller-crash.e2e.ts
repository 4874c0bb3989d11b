import { scenario } from '../../scenario.ts';
import type { ScenarioOptions } from '../../scenario-core.ts';
import { documentData } from '../../steps/sizes.ts';

const about = (variant: string): ScenarioOptions => ({
  seed: 'delete-backup-asynchronously#crash',
  tags: ['backup-deletion', 'manager-kill', variant],
  timeout: '60m',
});

scenario('A deletion whose manager is killed is begun again', about('in-retry'), async ({ given, when, then }) => {
  const volume = await given.volume({ size: documentData.volume });
  await given.data(volume, documentData.large);
  const first = await given.settledBackup(volume);
  const immutable = await given.immutableConfig(first);
  await then.inForce(immutable);

  await when.deleted(first);
  await then.deletionFailsAgain(first);
  await then.deletingAgain(first);
  await when.ownerKilled(first);
  await then.deletionForgotten(first);

  await when.madeMutable(immutable, first);
  await then.deletedInTheEnd(first);
  await then.storeHolds(volume, [], { afterKill: true });
});

scenario('A deletion that is held open when its manager is killed is begun again', about('held'), async ({ given, when, then }) => {
  const volume = await given.volume({ size: documentData.volume });
  await given.data(volume, documentData.large);
  const first = await given.settledBackup(volume);
  const held = await given.heldDeletion(first);

  await when.deleted(first);
  await then.deleting(first);
  await then.inForce(held);
  await when.ownerKilled(first);
  await then.deletionForgotten(first);
  await then.deletedInTheEnd(first);
  await then.storeHolds(volume, [], { afterKill: true });
});
