import { lockTypes } from '../../../faults/foreign-lock.ts';
import type { Context } from '../context.ts';
import type { BackupHandle } from '../handles.ts';
import type { ForeignLockHandle, LockHandle } from './foreign-locks.ts';
import { createThenOfLockedCreations, type ThenOfLockedCreations } from './then-of-locked-creations.ts';
import { createThenOfLockedDeletions, type ThenOfLockedDeletions } from './then-of-locked-deletions.ts';

/** The steps that judge locks, and what meets them. */
export type ThenOfLocks = ThenOfLockedDeletions &
  ThenOfLockedCreations & {
    /** The folder of the backup's volume in the store has a lock of a backup, acquired: the upload under way is that backup's. */
    storeLocked(by: BackupHandle): Promise<LockHandle>;
    /** The lock is still there and counts no more. */
    expired(lock: ForeignLockHandle): Promise<void>;
  };

/** Makes those steps. */
export const createThenOfLocks = (context: Context): ThenOfLocks => ({
  ...createThenOfLockedDeletions(context),
  ...createThenOfLockedCreations(context),
  storeLocked: (holder) =>
    context.step(
      `Then ${holder.label} has acquired a lock, in the folder of its volume`,
      async () => {
        const locks = await context.store.locks(holder.volume.name);
        const held = locks.find(({ type, acquired }) => type === lockTypes['a backup'] && acquired);
        if (held === undefined) {
          const others = locks.map(({ name, type, acquired }) => `${name} (type ${type}, ${acquired ? 'acquired' : 'not acquired'})`);
          throw new Error(`no backup has acquired a lock on volume ${holder.volume.name}; its locks: ${others.join(', ') || 'none'}`);
        }
        return { name: held.name, of: 'a backup', holder };
      },
      ({ name }) => name,
    ),
  expired: (lock) =>
    context
      .step(
        `Then the foreign lock of ${lock.of} has expired, and is still there`,
        () => lock.outlived(),
        (age) => `written ${age} s ago`,
      )
      .then(() => {}),
});
