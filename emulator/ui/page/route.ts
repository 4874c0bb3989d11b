/** The page that a URL's hash selects. */
export type Route =
  | { page: 'backupVolumes' }
  | { page: 'backupTargets' }
  | { page: 'recurringJobs' }
  | { page: 'systemBackups' }
  | { page: 'volumes' }
  | { page: 'volume'; volume: string }
  | { page: 'backups'; volume: string; backupVolume: string }
  | { page: 'notEmulated'; path: string };

/**
 * Parses a page's hash as Longhorn's UI does: #/backup, #/backupTarget, #/recurringJob, #/systemBackups, #/volume,
 * #/volume/VOLUME, or #/backup/VOLUME?field=name&keyword=BACKUPVOLUME.
 */
export const parseRoute = (hash: string): Route => {
  const { pathname, searchParams } = new URL(hash.replace(/^#/, '') || '/backup', 'http://page');
  const [, first, volume, ...rest] = pathname.split('/');
  if (first === 'backupTarget' && volume === undefined) return { page: 'backupTargets' };
  if (first === 'recurringJob' && volume === undefined) return { page: 'recurringJobs' };
  if (first === 'systemBackups' && volume === undefined) return { page: 'systemBackups' };
  if (first === 'volume' && !volume) return { page: 'volumes' };
  if (first === 'volume' && volume && rest.length === 0)
    return { page: 'volume', volume: decodeURIComponent(volume) };
  if (first !== 'backup' || rest.length > 0) return { page: 'notEmulated', path: pathname };
  if (!volume) return { page: 'backupVolumes' };
  return {
    page: 'backups',
    volume: decodeURIComponent(volume),
    backupVolume: searchParams.get('keyword') ?? '',
  };
};

/** The hash of a backup volume's page of backups. */
export const backupsHref = ({ volume, backupVolume }: { volume: string; backupVolume: string }): string =>
  `#/backup/${encodeURIComponent(volume)}?${new URLSearchParams({ field: 'name', keyword: backupVolume })}`;
