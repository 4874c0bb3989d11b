import { hash } from 'node:crypto';
import { type StoreEntry, type StoreSource, Unreadable } from '../format/source.ts';
import { parseSystemBackup, type SystemBackupConfig, systemBackupsFolder } from '../format/system-backup.ts';
import type { Findings } from './findings.ts';
import { readConfig, sizeLimits } from './read-config.ts';
import { walkFiles } from './walk-files.ts';

type Check = { now: number; findings: Findings; quick: boolean };

/** The two files of a system backup. */
type Found = { config?: StoreEntry; archive?: StoreEntry };

/** The archive is written before the config. An archive younger than this, in seconds, may still get its config. */
const uploading = 600;

/** Checks the config and the archive of each system backup. Returns their folders: VERSION/NAME. */
export const checkSystemBackups = async (source: StoreSource, check: Check): Promise<string[]> => {
  const { findings } = check;
  const all = new Map<string, Found>();
  await walkFiles(source, systemBackupsFolder, {
    depth: 3,
    findings,
    isKnownFolder: (path) => path.split('/').length < 3,
    take: (entry, path) => {
      const [, folder = '', file] = /^([^/]+\/[^/]+)\/system-backup\.(cfg|zip)$/.exec(path) ?? [];
      if (/\.tmp\.\d+$/.test(path))
        findings.add('temporary-file', entry.path, `${path} is a temporary file of a system backup`);
      else if (file === undefined)
        findings.add('foreign-file', entry.path, `${path} is no file of Longhorn's`);
      else all.set(folder, { ...all.get(folder), [file === 'cfg' ? 'config' : 'archive']: entry });
    },
  });
  for (const [folder, found] of [...all].sort(([a], [b]) => (a < b ? -1 : 1)))
    await checkOne(source, { folder, found }, check);
  return [...all.keys()].sort();
};

const checkOne = async (
  source: StoreSource,
  { folder, found: { config, archive } }: { folder: string; found: Found },
  { now, findings, quick }: Check,
): Promise<void> => {
  const path = `${systemBackupsFolder}/${folder}`;
  const [version = '', name = ''] = folder.split('/');
  const what = `system backup ${name} of Longhorn ${version}`;
  if (archive === undefined)
    findings.add('system-backup-archive-missing', path, `${what} has no archive, so nothing can be restored`);
  if (config === undefined) {
    const isYoung = archive !== undefined && now - archive.changedAt < uploading * 1000;
    findings.add(
      'system-backup-config-missing',
      path,
      `${what} has no config, so Longhorn cannot restore it`,
      isYoung ? 'info' : undefined,
    );
    return;
  }
  const { config: read, problem } = await readConfig(source, config, {
    parse: parseSystemBackup,
    limit: sizeLimits.systemBackup,
    what: `the config of ${what}`,
  });
  if (problem) {
    findings.add(problem.code, config.path, problem.message);
    return;
  }
  if (read.Name !== name || read.LonghornVersion !== version)
    findings.add(
      'config-wrong-name',
      config.path,
      `the config of ${what} calls it ${read.Name} of ${read.LonghornVersion}, where Longhorn then looks for the archive`,
    );
  if (archive !== undefined && !quick) await checkArchive(source, archive, { what, read, findings });
};

const checkArchive = async (
  source: StoreSource,
  { path, size }: StoreEntry,
  { what, read, findings }: { what: string; read: SystemBackupConfig; findings: Findings },
): Promise<void> => {
  const limit = sizeLimits.archive;
  if (size > limit) {
    const message = `the archive of ${what} was not looked into: it has ${size} bytes, and at most ${limit} are read`;
    findings.add('not-checked', path, message);
    return;
  }
  try {
    if (hash('sha256', await source.read(path, limit), 'hex') !== read.Checksum)
      findings.add(
        'system-backup-wrong-checksum',
        path,
        `the archive of ${what} holds other data than its config says, so Longhorn refuses it`,
      );
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    findings.add('file-unreadable', path, `the archive of ${what} cannot be read: ${error.message}`);
  }
};
