import type { Injected } from '../faults/fault.ts';
import { nextLabel, requestBackup, requestDeletion, touchBackup } from './backup.ts';
import type { Context } from './context.ts';
import type { BackupHandle, SnapshotHandle } from './handles.ts';
import { killOwner } from './kill-owner.ts';

/** The steps that act. Each returns when Kubernetes has taken the wish; what comes of it is for the `then` steps. */
export type When = {
  deleted(backup: BackupHandle): Promise<void>;
  backedUp(snapshot: SnapshotHandle): Promise<BackupHandle>;
  /** Two or more actions in one breath, in this order: none waits for an effect of the one before it. */
  atOnce<T extends readonly (() => Promise<unknown>)[]>(...actions: T): Promise<{ -readonly [K in keyof T]: Awaited<ReturnType<T[K]>> }>;
  /** Longhorn is made to look at these backups now. */
  lookedAtAgain(...backups: BackupHandle[]): Promise<void>;
  released(fault: Injected): Promise<void>;
  /** The longhorn-manager pod that looks after a backup now is killed, without grace. */
  ownerKilled(backup: BackupHandle): Promise<void>;
  /** The config of a backup whose deletion fails is mutable again. */
  madeMutable(immutable: Injected, of: BackupHandle): Promise<void>;
};

/** Makes the when steps of a scenario. */
export const createWhen = (context: Context): When => ({
  deleted: (backup) => context.step(`When ${backup.label} is deleted`, () => requestDeletion(context, backup)),
  backedUp: (snapshot) =>
    context.step(
      `When ${nextLabel(context)} is made from the snapshot`,
      () => requestBackup(context, snapshot),
      ({ name }) => name,
    ),
  // Each is sent when the one before it was accepted, some milliseconds later: sent together, either could come first.
  atOnce: async (...actions) => {
    const results: unknown[] = [];
    for (const action of actions) results.push(await action());
    return results as never;
  },
  lookedAtAgain: (...backups) =>
    context.step(`When Longhorn is made to look again at ${backups.map(({ label }) => label).join(' and ')}`, async () => {
      for (const backup of backups) await touchBackup(context, backup);
    }),
  released: (fault) =>
    context
      .step(
        `When ${fault.title} no longer`,
        () => fault.heal(),
        (told) => told,
      )
      .then(() => {}),
  ownerKilled: (backup) =>
    context
      .step(
        `When the longhorn-manager pod that owns ${backup.label} is killed`,
        () => killOwner(context, backup),
        ({ name, node }) => `${name} on ${node}`,
      )
      .then(() => {}),
  madeMutable: (immutable, backup) =>
    context
      .step(
        `When ${immutable.title} no longer`,
        () => {
          backup.since.healed = context.timelines.backups.mark();
          return immutable.heal();
        },
        (told) => told,
      )
      .then(() => {}),
});
