import { setTimeout as after } from 'node:timers/promises';
import { onceGone } from '../../../history/expectation.ts';
import type { Context } from '../context.ts';
import type { BackupHandle, VolumeHandle } from '../handles.ts';
import { mebibyte } from '../sizes.ts';
import { writeData } from '../volume/data.ts';
import { makeSnapshot } from '../volume/snapshot.ts';
import { requestBackup, requestDeletion, untilCompleted, untilSettled } from './backup.ts';

// Each backup overwrites what the one before it had: so each has blocks that go with it, and with no other.
const ownData = { offset: 0, size: 4 * mebibyte };

/** Makes completed, settled backups of a volume, one after the other, each with blocks of its own. */
export const makeBackups = async (
  context: Context,
  { volume, count }: { volume: VolumeHandle; count: number },
): Promise<BackupHandle[]> => {
  const backups: BackupHandle[] = [];
  for (let made = 0; made < count; made += 1) {
    await writeData(context, { volume, ...ownData });
    const backup = await requestBackup(context, await makeSnapshot(context, volume));
    await untilCompleted(context, backup);
    backups.push(backup);
  }
  const last = backups.at(-1);
  if (last !== undefined) await untilSettled(context, last);
  return backups;
};

/** Deletes a backup and returns how long it took until it was gone, in milliseconds. */
export const timeDeletion = async (context: Context, backup: BackupHandle): Promise<number> => {
  const start = performance.now();
  await requestDeletion(context, backup);
  await onceGone(context.timelines.backups, { name: backup.name, label: `${backup.label} is gone`, ...context.limits.firstDeleted });
  return performance.now() - start;
};

/**
 * Deletes backups one after the other, evenly spread over a time in milliseconds, and returns at its end: the first deletion is then that old,
 * the last one a part of it. This is a schedule, not a wait for something.
 */
export const deleteSpread = async (
  context: Context,
  { backups, over }: { backups: readonly BackupHandle[]; over: number },
): Promise<void> => {
  const start = performance.now();
  for (const [at, backup] of backups.entries()) {
    await after(Math.max(0, (over * at) / backups.length - (performance.now() - start)));
    await requestDeletion(context, backup);
  }
  await after(Math.max(0, over - (performance.now() - start)));
};
