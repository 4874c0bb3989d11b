import { setTimeout as sleep } from 'node:timers/promises';

const second = 1000;

/** When Longhorn was last requested to sync, and when it last synced. */
type Syncs = {
  spec?: { syncRequestedAt?: string | null } | undefined;
  status?: { lastSyncedAt?: string | null } | undefined;
};

const timeOf = (time: string | null | undefined): number => Date.parse(time ?? '') || 0;

/** Whether a sync is due or running. */
export const isSyncDue = ({ spec, status }: Syncs): boolean =>
  !status?.lastSyncedAt || timeOf(spec?.syncRequestedAt) > timeOf(status.lastSyncedAt);

/**
 * Returns the `spec.syncRequestedAt` that makes Longhorn list the store of a backup target. After a change from one
 * URL to another, Longhorn lists the new store only on such a request or at the next poll, up to 5 min later
 * (M:controller/backup_target_controller.go).
 * Longhorn compares whole seconds, so the request must be at least one second later than the last sync. It is also
 * later than the last request, because writing the same value again changes nothing. The function waits (at most 1 s)
 * until that second has come: an earlier sync would set lastSyncedAt to the old second again.
 */
export const syncRequest = async (
  { spec, status }: Syncs,
  clock = { now: Date.now, sleep: (milliseconds: number): Promise<void> => sleep(milliseconds) },
): Promise<string> => {
  const now = clock.now();
  const request = Math.max(
    now,
    Math.max(timeOf(status?.lastSyncedAt), timeOf(spec?.syncRequestedAt)) + second,
  );
  // The wait is limited to 1 s because the clock of Longhorn's node may be ahead; the last sync is over in any case.
  if (request > now) await clock.sleep(Math.min(request - now, second));
  return `${new Date(request).toISOString().slice(0, 19)}Z`;
};
