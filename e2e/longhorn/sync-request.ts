import type { BackupTarget } from './types.ts';

/**
 * The `spec.syncRequestedAt` that makes Longhorn look at a backup target's store at its next look at the
 * target. A new URL alone does not: from one store to another Longhorn goes only with such a request or when
 * its poll is due, up to 5 min later (M:controller/backup_target_controller.go). It compares whole seconds,
 * so the request must be in a later one than the last look.
 */
export const syncRequest = ({ status }: Pick<BackupTarget, 'status'>, now = Date.now()): string => {
  const last = Date.parse(status?.lastSyncedAt ?? '') || 0;
  return `${new Date(Math.max(now, last + 1000)).toISOString().slice(0, 19)}Z`;
};
