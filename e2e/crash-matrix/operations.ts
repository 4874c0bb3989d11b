import { littleData } from '../suite/steps/sizes.ts';
import type { Steps } from '../suite/steps/steps.ts';
import type { DisturbedWrite, Followed } from '../suite/steps/writes/follow.ts';

type Given = Pick<Steps, 'given' | 'when' | 'then'>;

/**
 * What somebody asks of Longhorn, whose writes are disturbed one by one: it sets the scene, has what longhorn-managers
 * write followed, asks, and waits until all has come to an end. What it returns judges what is left. `cell` is what is
 * disturbed; undefined while the writes are learned.
 */
type Operation = (
  steps: Given,
  how: { follow: (followed: Followed) => Promise<void>; cell: DisturbedWrite | undefined },
) => Promise<() => Promise<void>>;

/** The operations of the matrix, by name. */
export const crashOperations: Record<string, Operation> = {
  'create a backup': async ({ given, when, then }, { follow, cell }) => {
    const volume = await given.volume({ size: littleData.volume });
    const data = await given.data(volume, littleData.data);
    const kept = await given.settledBackup(volume);
    const snapshot = await given.snapshot(volume);
    await follow({ volume, backups: [kept] });
    const made = await when.backedUp(snapshot);
    const isMade = await then.ends(made, cell);
    await then.noTicketLeft(volume);
    return async () => {
      await then.storeHolds(volume, isMade ? [kept, made] : [kept], { afterKill: true, besides: !isMade });
      await then.restores(kept, [data]);
      if (isMade) await then.restores(made, [data]);
    };
  },

  'delete a backup': async ({ given, when, then }, { follow }) => {
    const volume = await given.volume({ size: littleData.volume });
    const data = await given.data(volume, littleData.data);
    const kept = await given.settledBackup(volume);
    await given.data(volume, { offset: littleData.data.size, size: littleData.data.size });
    const deleted = await given.settledBackup(volume);
    await follow({ volume, backups: [kept, deleted] });
    await when.deleted(deleted);
    await then.goneInTheEnd(deleted);
    await then.noTicketLeft(volume);
    return async () => {
      await then.storeHolds(volume, [kept], { afterKill: true });
      await then.restores(kept, [data]);
    };
  },

  'delete one while another waits': async ({ given, when, then }, { follow, cell }) => {
    const volume = await given.volume({ size: littleData.volume });
    const data = await given.data(volume, littleData.data);
    const first = await given.settledBackup(volume);
    const snapshot = await given.snapshot(volume);
    await follow({ volume, backups: [first] });
    await when.deleted(first);
    const second = await when.backedUp(snapshot);
    await then.goneInTheEnd(first);
    const isMade = await then.ends(second, cell);
    await then.noTicketLeft(volume);
    return async () => {
      await then.storeHolds(volume, isMade ? [second] : [], { afterKill: true, besides: !isMade });
      if (isMade) await then.restores(second, [data]);
    };
  },
};
