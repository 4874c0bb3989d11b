import { scenario } from '../../suite/scenario.ts';
import type { ScenarioOptions } from '../../suite/scenario-core.ts';

const about = (variant: string): ScenarioOptions => ({
  seed: 'delete-backup-asynchronously#error',
  tags: ['backup-deletion', variant],
  timeout: '60m',
});

scenario(
  'A deletion that fails is tried again, and a backup made beside it goes on',
  {
    ...about('at-once'),
    needs: ['immutableFile'],
    proves: ['C15', 'D1', 'D4'],
    cells: ["delete | the backup's config | no permission to remove it"],
  },
  async ({ given, when, then, data }) => {
    const volume = await given.volume({ size: data.volume });
    await given.data(volume, data.brief);
    const first = await given.settledBackup(volume);
    await given.data(volume, data.small);
    const snapshot = await given.snapshot(volume);
    const immutable = await given.immutableConfig(first);
    await then.inForce(immutable);

    await when.deleted(first);
    // "At the same time" starts when the first is Deleting. A backup that Longhorn reconciles earlier correctly does
    // not wait.
    await then.deleting(first);
    const second = await when.backedUp(snapshot);

    await then.heldBack(second, { first });
    await then.deletionFails(first);
    // Reconcile now, because no deletion attempt comes before the back-off is over: a creation that meets an attempt
    // fails for good.
    await when.lookedAtAgain(second);
    await then.wentOnDuringError(second, { first });
    await then.deletionFailsAgain(first);
    await then.stillInStore(first);
    await then.inForce(immutable);

    await when.madeMutable(immutable, first);
    await then.deletedInTheEnd(first);
    await then.storeHolds(volume, [second]);
  },
);

scenario(
  'A backup made after a deletion failed does not wait for it',
  { ...about('in-error'), needs: ['immutableFile'], proves: ['C15', 'D4'] },
  async ({ given, when, then, data }) => {
    const volume = await given.volume({ size: data.volume });
    await given.data(volume, data.brief);
    const first = await given.settledBackup(volume);
    await given.data(volume, data.small);
    const snapshot = await given.snapshot(volume);
    const immutable = await given.immutableConfig(first);
    await then.inForce(immutable);

    await when.deleted(first);
    await then.deletionFails(first);
    const second = await when.backedUp(snapshot);
    await then.neverHeldBack(second, { first });
    await then.deletionFailsAgain(first);

    await when.madeMutable(immutable, first);
    await then.deletedInTheEnd(first);
    await then.storeHolds(volume, [second]);
  },
);
