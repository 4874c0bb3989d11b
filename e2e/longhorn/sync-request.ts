import { setTimeout as sleep } from 'node:timers/promises';
import type { BackupTarget } from './types.ts';

const second = 1000;

/**
 * The `spec.syncRequestedAt` that makes Longhorn look at a backup target's store at its next look at the
 * target. A new URL alone does not: from one store to another Longhorn goes only with such a request or when
 * its poll is due, up to 5 min later (M:controller/backup_target_controller.go). It compares whole seconds,
 * so the request is of a later one than the last look, and is given once that second has come, after 1 s at
 * most: a look before it would note the old second again, which changes nothing, and nothing would follow.
 */
export const syncRequest = async (
  { status }: Pick<BackupTarget, 'status'>,
  clock = { now: Date.now, sleep: (milliseconds: number): Promise<void> => sleep(milliseconds) },
): Promise<string> => {
  const now = clock.now();
  const request = Math.max(now, (Date.parse(status?.lastSyncedAt ?? '') || 0) + second);
  // The clock of Longhorn's node may be ahead of this one, but its last look is over.
  if (request > now) await clock.sleep(Math.min(request - now, second));
  return `${new Date(request).toISOString().slice(0, 19)}Z`;
};
