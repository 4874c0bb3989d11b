import { createHash } from 'node:crypto';
import { StoreError } from './errors.ts';
import type { Store } from './store.ts';

/** A system backup in a store: the version of the Longhorn that made it, and its name. */
export type SystemBackupPlace = { version: string; name: string };

/** The config of a system backup, with Longhorn's names. `Checksum` is the SHA-256 of the archive. */
export type SystemBackupInfo = {
  Name: string;
  LonghornVersion: string;
  LonghornGitCommit: string;
  BackupTargetURL: string;
  ManagerImage: string;
  EngineImage: string;
  CreatedAt: string;
  Checksum: string;
};

const root = 'backupstore/system-backups';

const folderOf = ({ version, name }: SystemBackupPlace): string => `${root}/${version}/${name}`;
const configPath = (place: SystemBackupPlace): string => `${folderOf(place)}/system-backup.cfg`;
const archivePath = (place: SystemBackupPlace): string => `${folderOf(place)}/system-backup.zip`;

/** Splits the URL of a system backup into that of its store, and its place there. */
export const decodeSystemBackupURL = (text: string): SystemBackupPlace & { url: string } => {
  const [, before = '', version, name, query = ''] =
    /^(.*?)\/backupstore\/system-backups\/([^/]+)\/([^/?]+)\/?(\?.*)?$/.exec(text) ?? [];
  if (!version || !name) throw new StoreError(`invalid system backup URL ${text}`);
  // The path of a bucket's URL must not be empty.
  return { url: `${before}${before.startsWith('s3:') ? '/' : ''}${query}`, version, name };
};

/** The URL of a system backup in a store. */
export const encodeSystemBackupURL = (url: string, place: SystemBackupPlace): string => {
  const [before = '', query] = url.split('?');
  return `${before.replace(/\/$/, '')}/${folderOf(place)}${query === undefined ? '' : `?${query}`}`;
};

/** Lists the folders of all system backups by their name. No file is read (system_backup.go, getSystemBackups). */
export const listSystemBackups = async (store: Store): Promise<Record<string, string>> => {
  const all: Record<string, string> = {};
  for (const version of await store.list(root))
    for (const name of await store.list(`${root}/${version}`)) all[name] = folderOf({ version, name });
  return all;
};

/** Reads a config. Throws `cannot find PATH in backupstore` if there is none. */
export const readSystemBackup = async (store: Store, place: SystemBackupPlace): Promise<SystemBackupInfo> =>
  JSON.parse(await store.read(configPath(place)));

/** Reads the archive of a system backup. Throws if it is not what its config says. */
export const readSystemArchive = async (store: Store, place: SystemBackupPlace): Promise<Uint8Array> => {
  const { Checksum } = await readSystemBackup(store, place);
  const archive = await store.readData(archivePath(place));
  const found = createHash('sha256').update(archive).digest('hex');
  if (found !== Checksum)
    throw new StoreError(`checksum of ${archivePath(place)} is ${found}, not ${Checksum}`);
  return archive;
};

/** Writes the archive, then the config. Throws if there is an archive already, as Longhorn does. */
export const uploadSystemBackup = async (
  store: Store,
  archive: Uint8Array,
  info: Omit<SystemBackupInfo, 'Checksum' | 'CreatedAt'>,
): Promise<void> => {
  const place = { version: info.LonghornVersion, name: info.Name };
  const path = archivePath(place);
  if (await store.exists(path)) throw new StoreError(`${path} already exists`);
  await store.write(path, archive);
  const added = {
    CreatedAt: new Date().toISOString(),
    Checksum: createHash('sha256').update(archive).digest('hex'),
  };
  await store.write(configPath(place), JSON.stringify({ ...info, ...added }));
};

/** Removes the files of a system backup. Goes on after an error, as Go's os.RemoveAll, and throws the first one. */
export const removeSystemBackup = async (store: Store, place: SystemBackupPlace): Promise<void> => {
  let failure: unknown;
  for (const file of await store.list(folderOf(place)))
    await store.remove(`${folderOf(place)}/${file}`).catch((error) => {
      failure ??= error;
    });
  if (failure !== undefined) throw failure;
};
