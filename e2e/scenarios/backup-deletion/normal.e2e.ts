import { scenario } from '../../scenario.ts';
import type { ScenarioOptions } from '../../scenario-core.ts';
import { documentData } from '../../steps/sizes.ts';

const about = (variant: string): ScenarioOptions => ({
  seed: 'delete-backup-asynchronously#normal',
  tags: ['backup-deletion', variant],
  timeout: '40m',
});

scenario('A backup made during a deletion waits for it, then runs', about('free-running'), async ({ given, when, then }) => {
  const volume = await given.volume({ size: documentData.volume });
  await given.data(volume, documentData.large);
  const first = await given.settledBackup(volume);
  await given.data(volume, documentData.small);
  const snapshot = await given.snapshot(volume);

  const [, second] = await when.atOnce(
    () => when.deleted(first),
    () => when.backedUp(snapshot),
  );

  await then.heldBack(second, { first });
  await then.deleted(first);
  await then.waitedAndCompleted(second, { first });
  await then.storeHolds(volume, [second]);
});

scenario('A backup made during a deletion waits for as long as the deletion is held open', about('held'), async ({ given, when, then }) => {
  const volume = await given.volume({ size: documentData.volume });
  await given.data(volume, documentData.large);
  const first = await given.settledBackup(volume);
  await given.data(volume, documentData.small);
  const snapshot = await given.snapshot(volume);
  const held = await given.heldDeletion(first);

  await when.deleted(first);
  await then.deleting(first);
  await then.inForce(held);

  const second = await when.backedUp(snapshot);
  await then.heldBack(second, { first });
  await when.lookedAtAgain(first, second);
  await then.nothingMoves({ first, second }, '10s');
  await then.stillInStore(first);
  await then.inForce(held);

  await when.released(held);
  await then.deleted(first);
  await then.waitedAndCompleted(second, { first });
  await then.storeHolds(volume, [second]);
});
