import { managerKilled } from '../../../faults/killed-pod.ts';
import { formatDuration, parseDuration } from '../../../kube/duration.ts';
import { awaitCluster } from '../../../kube/time-account.ts';
import { managerPods, mostConnectedFirst } from '../../../longhorn/manager.ts';
import { backupsPagePath } from '../../../ui/backup-table.ts';
import { findChromium } from '../../../ui/chromium.ts';
import { followPage } from '../../../ui/followed-page.ts';
import { type RowPeriod, type RowState, rowStateOf } from '../../../ui/row-state.ts';
import type { Context } from '../context.ts';
import { isBackupOf } from '../created-objects.ts';
import type { PageHandle, VolumeHandle } from '../handles.ts';
import { notProvable } from '../judging.ts';
import { forwardFrontend } from '../service-forward.ts';

/** Returns the row states that the page had to show for a backup, from its custom resource's history. */
export const rowStatesOf = (
  { timelines }: Pick<Context, 'timelines'>,
  name: string,
  { from }: Pick<PageHandle, 'from'>,
): RowPeriod[] => {
  const periods: RowPeriod[] = [{ at: 0, row: undefined }];
  for (const entry of timelines.backups.entries) {
    if (entry.kind === 'gap') {
      if (entry.sequence > from)
        throw notProvable(`the watch of backups lost a stretch while the page was open: ${entry.reason}`);
    } else if (entry.object.metadata.name === name)
      periods.push({ at: entry.at, row: entry.kind === 'deleted' ? undefined : rowStateOf(entry.object) });
  }
  return periods;
};

/**
 * Opens the page of a volume's backups in Chromium. Returns when the page shows the state of their custom resources.
 */
export const openBackupPage = async (context: Context, volume: VolumeHandle): Promise<PageHandle> => {
  const { cluster, timelines, timeouts, scenarioSignal, pages } = context;
  const isOfVolume = isBackupOf(volume);
  const backupVolume = timelines.backupVolumes.objects().find(isOfVolume);
  if (backupVolume === undefined)
    throw new Error(`Longhorn has no page of the backups of ${volume.name}: none of them is settled`);
  const expected = (): Map<string, RowState> =>
    new Map(
      timelines.backups
        .objects()
        .filter(isOfVolume)
        .map((backup) => [backup.metadata.name, rowStateOf(backup)]),
    );

  const from = timelines.backups.lastSequence();
  const forward = await forwardFrontend(cluster, scenarioSignal);
  const opening = followPage({
    // The scenario declares its need for a browser, so the run has checked that one exists.
    chromium: findChromium(process.env) ?? 'chromium',
    url: forward.url + backupsPagePath({ volume: volume.name, backupVolume: backupVolume.metadata.name }),
    carried: forward.carried,
    expected,
  });
  const page = await awaitCluster(() => opening).catch((error: unknown) => {
    throw forward.error() === undefined
      ? error
      : new Error((error as Error).message, { cause: forward.error() });
  });
  const handle = { page, forward, from, disconnections: [] };
  pages.push(handle);
  timelines.backups.onEntry(page.recheck);
  const { within, owner } = timeouts.pageDrawn;
  if (!(await page.until(() => page.live().length > 0, parseDuration(within)))) {
    const wanted = [...expected().keys()].map(
      (name) => `${name}: ${JSON.stringify(page.rowOf(name) ?? 'no row')}`,
    );
    throw new Error(
      `the page did not show the volume's backups within ${formatDuration(parseDuration(within))} (${owner}); it has ${wanted.join(', ')}`,
    );
  }
  return handle;
};

/**
 * Waits for the end of the page's connection after every manager was killed, if it has ended at most `losses` times.
 * The last packet of its manager was lost, so the connection lasts until the proxy closes it. The duration is
 * reported as a finding.
 */
export const untilLostLate = async (
  { timeouts, report, version }: Pick<Context, 'timeouts' | 'report' | 'version'>,
  { page, disconnections }: Pick<PageHandle, 'page' | 'disconnections'>,
  losses: number,
): Promise<void> => {
  const { within, owner } = timeouts.pageStale;
  const [first, last] = [disconnections.at(0)?.from ?? 0, disconnections.at(-1)];
  if (!(await page.until(() => page.log.losses() > losses, parseDuration(within))))
    throw new Error(
      `the page kept its connection for ${formatDuration(parseDuration(within))} (${owner}) after every longhorn-manager was killed: nothing that it shows is live`,
    );
  const now = Date.now();
  if (last !== undefined) last.to = now + parseDuration(timeouts.pageReconnects.within);
  report.finding({
    code: 'page-shows-old-table',
    title: 'The page goes on showing an old table after the manager that it was connected to is gone',
    detail: `For ${formatDuration(now - (last?.from ?? now))} to ${formatDuration(now - first)} in Longhorn ${version}, by which of the killed managers it was connected to: the end of its connection never reached it, and only the proxy in between ended it. The page shows nothing of that.`,
  });
};

/**
 * Kills one manager pod at a time, and the next after the first is replaced, because the page's manager is not known.
 * It starts with the pod with the most connections, which is likely the right one: each other pod costs a wait for
 * its successor.
 */
export const killUntilLost = async (
  context: Context,
  { page, disconnections }: PageHandle,
): Promise<string[]> => {
  const { cluster, faults, timeouts } = context;
  const pods = await mostConnectedFirst(cluster, await managerPods(cluster));
  const losses = page.log.losses();
  const isLost = (): boolean => page.log.losses() > losses;
  const time = parseDuration(timeouts.pageLost.within);
  const killed: string[] = [];
  for (const pod of pods) {
    const from = Date.now();
    disconnections.push({ from, to: from + parseDuration(timeouts.pageReconnects.within) });
    const fault = await faults.inject(managerKilled(cluster, pod));
    killed.push(`${pod.name} on ${pod.node}`);
    // A manager's connections end with it. If its successor is ready and the page is still connected, it was another
    // manager's connection.
    const replaced = fault.heal();
    replaced.catch(() => {});
    await Promise.race([page.until(isLost, time), replaced]);
    if (!isLost()) await replaced;
    if (isLost()) return killed;
  }
  await untilLostLate(context, { page, disconnections }, losses);
  return killed;
};
