import { setTimeout as sleep } from 'node:timers/promises';

const second = 1000;

/** When Longhorn was last asked to sync, and when it last has. */
type Syncs = {
  spec?: { syncRequestedAt?: string | null } | undefined;
  status?: { lastSyncedAt?: string | null } | undefined;
};

const timeOf = (time: string | null | undefined): number => Date.parse(time ?? '') || 0;

/** Whether Longhorn is to sync a backup volume, or does. */
export const isSyncDue = ({ spec, status }: Syncs): boolean =>
  !status?.lastSyncedAt || timeOf(spec?.syncRequestedAt) > timeOf(status.lastSyncedAt);

/**
 * The `spec.syncRequestedAt` that makes Longhorn look at a backup target's store at its next look at the
 * target. A new URL alone does not: from one store to another Longhorn goes only with such a request or when
 * its poll is due, up to 5 min later (M:controller/backup_target_controller.go). It compares whole seconds,
 * so the request is of a later one than the last look, and is given once that second has come, after 1 s at
 * most: a look before it would note the old second again, which changes nothing, and nothing would follow. It
 * is later than the last request too: the same again is no change, and a look that is under way would be all.
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
  // The clock of Longhorn's node may be ahead of this one, but its last look is over.
  if (request > now) await clock.sleep(Math.min(request - now, second));
  return `${new Date(request).toISOString().slice(0, 19)}Z`;
};
