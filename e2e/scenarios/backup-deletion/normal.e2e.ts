import { scenario } from '../../suite/scenario.ts';
import type { ScenarioOptions } from '../../suite/scenario-core.ts';

const about = (variant: string): ScenarioOptions => ({
  seed: 'delete-backup-asynchronously#normal',
  tags: ['backup-deletion', variant],
});

scenario(
  'A backup made during a deletion waits for it, then runs',
  { ...about('free-running'), everyStore: true, proves: ['C14', 'D3'] },
  async ({ given, when, then, data }) => {
    const volume = await given.volume({ size: data.volume });
    await given.data(volume, data.large);
    const first = await given.settledBackup(volume);
    await given.data(volume, data.small);
    const snapshot = await given.snapshot(volume);

    await when.deleted(first);
    // "At the same time" starts when the first is Deleting. A backup that Longhorn reconciles earlier correctly does
    // not wait.
    await then.deleting(first);
    const second = await when.backedUp(snapshot);

    await then.heldBack(second, { first });
    await then.deleted(first);
    const made = await then.orKnownBug(
      'waiting-backup-loses-lock',
      () => then.waitedAndCompleted(second, { first }),
      { race: true },
    );
    await then.storeHolds(volume, made ? [second] : []);
  },
);

scenario(
  'A backup made during a deletion waits for as long as the deletion is held open',
  { ...about('held'), disruptions: ['process-hold'], proves: ['C14', 'D1', 'D3', 'D12'] },
  async ({ given, when, then, data }) => {
    const volume = await given.volume({ size: data.volume });
    await given.data(volume, data.brief);
    const first = await given.settledBackup(volume);
    await given.data(volume, data.small);
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
    const made = await then.orKnownBug(
      'waiting-backup-loses-lock',
      () => then.waitedAndCompleted(second, { first }),
      { race: true },
    );
    await then.storeHolds(volume, made ? [second] : []);
    if (!made) return;

    // Not in the document. Backups are kept for the time after their volume is gone, and deleting one then was once
    // broken (longhorn#9252).
    await when.volumeRemoved(volume);
    await when.deleted(second);
    await then.deleted(second);
    await then.storeHolds(volume, []);
  },
);
