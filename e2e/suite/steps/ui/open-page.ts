import { backupLabels, longhornNamespace as namespace } from '../../../longhorn/resources.ts';
import { awaitCluster } from '../../../kube/account.ts';
import { formatDuration, parseDuration } from '../../../kube/duration.ts';
import type { KubernetesObject } from '../../../kube/objects.ts';
import { forwardService } from '../service-forward.ts';
import { type Look, lookOf } from '../../../ui/backup-look.ts';
import { backupsPath } from '../../../ui/backup-table.ts';
import { findChromium } from '../../../ui/chromium.ts';
import { followPage } from '../../../ui/followed-page.ts';
import type { Context } from '../context.ts';
import type { VolumeHandle } from '../handles.ts';
import type { PageHandle } from './page-handle.ts';

/** Opens the page of a volume's backups in the system's Chromium, and returns when it shows what their custom resources say. */
export const openBackupPage = async (context: Context, volume: VolumeHandle): Promise<PageHandle> => {
  const { cluster, timelines, target, limits, living, pages } = context;
  const labels = Object.entries(backupLabels({ volume: volume.name, target }));
  const isOfVolume = ({ metadata }: KubernetesObject): boolean => labels.every(([key, value]) => metadata.labels?.[key] === value);
  const backupVolume = timelines.backupVolumes.objects().find(isOfVolume);
  if (backupVolume === undefined) throw new Error(`Longhorn has no page of the backups of ${volume.name}: none of them is settled`);
  const expected = (): Map<string, Look> =>
    new Map(
      timelines.backups
        .objects()
        .filter(isOfVolume)
        .map((backup) => [backup.metadata.name, lookOf(backup)]),
    );

  const mark = timelines.backups.mark();
  const forward = await forwardService(cluster, { namespace, name: 'longhorn-frontend', signal: living });
  const opening = followPage({
    // The scenario has said that it needs a browser.
    chromium: findChromium(process.env) ?? 'chromium',
    url: forward.url + backupsPath({ volume: volume.name, backupVolume: backupVolume.metadata.name }),
    expected,
  });
  const page = await awaitCluster(() => opening).catch((error: unknown) => {
    throw forward.trouble() === undefined ? error : new Error((error as Error).message, { cause: forward.trouble() });
  });
  const handle = { page, forward, mark, cutOff: [] };
  pages.push(handle);
  timelines.backups.onEntry(page.again);
  const { within, owner } = limits.pageDrawn;
  if (!(await page.until(() => page.live().length > 0, parseDuration(within)))) {
    const wanted = [...expected().keys()].map((name) => `${name}: ${JSON.stringify(page.look(name) ?? 'no row')}`);
    throw new Error(
      `the page did not show the volume's backups within ${formatDuration(parseDuration(within))} (${owner}); it has ${wanted.join(', ')}`,
    );
  }
  return handle;
};
