import { createHash, type Hash, randomBytes } from 'node:crypto';
import type { RecurringJob } from '../../../longhorn/job-types.ts';
import type { RunningStore } from '../../../store/driver.ts';
import type { BlockMapping } from '../../../store/format/config.ts';
import { randomBlocks, sameBlocks } from '../../../store/format/random-blocks.ts';
import {
  type AccessMode,
  type OldLonghorn,
  type VolumeBlock,
  writeBackup,
  writeEarlierBackups,
  writeUnfinished,
  writeVolumeConfig,
} from '../../../store/format/write-backup.ts';
import type { Context } from '../context.ts';
import type { BackupHandle, TargetHandle, VolumeHandle, WrittenData } from '../handles.ts';

const hashed = function* (blocks: Iterable<VolumeBlock>, hash: Hash): Generator<VolumeBlock> {
  for (const block of blocks) {
    hash.update(block.data);
    yield block;
  }
};

/**
 * How to write a backup as another or an old Longhorn would. `size` is in bytes; `accessMode` is that of its volume.
 * `stated`: the size of its blocks by its config, whatever they have. `unlabelled`: it has no labels at all.
 * `encrypted`: its volume is encrypted, by the volume's config. `after`: the backup of the same volume that was made
 * before it; nothing of its data is the same. `job`: the recurring job of its volume.
 */
export type ForeignBackupOptions = {
  size: number;
  by?: OldLonghorn;
  accessMode?: AccessMode;
  stated?: string;
  unlabelled?: boolean;
  encrypted?: boolean;
  after?: ForeignBackup;
  job?: RecurringJob['spec'];
};

type Place = { store: RunningStore; volume: string; backup: string };

const newName = (): string => `backup-${randomBytes(8).toString('hex')}`;

const newPlace = (
  context: Context,
  store: RunningStore,
  { after, unlabelled = false, encrypted = false }: Omit<ForeignBackupOptions, 'size'> = {},
): Place => {
  const volume = after?.volume.name ?? context.uniqueName('source');
  const backup = newName();
  context.made.written.push({ volume, backup, ...(unlabelled && encrypted && { endsManagers: true }) });
  return { store, volume, backup };
};

const writeWhole = async (
  { made }: Context,
  { store, volume, backup }: Place,
  { size, after, job, ...how }: ForeignBackupOptions,
) => {
  const created = new Date();
  const { put, publish } = store.write(volume);
  const hash = createHash('sha256');
  const blocks = await writeBackup(put, {
    ...{ volume, backup, size, created },
    ...how,
    ...(after && { earlier: after.stored }),
    ...(job && { jobs: JSON.stringify({ [job.name]: { jobSpec: job, fromJob: true } }) }),
    blocks: hashed(randomBlocks(size), hash),
  });
  made.filled.push({ volume, offset: 0, size });
  await publish();
  const different = new Set(blocks.map(({ checksum }) => checksum)).size;
  return {
    blocks,
    data: { offset: 0, size, sha256: hash.digest('hex') },
    stored: {
      created: after?.stored.created ?? created,
      blocks: (after?.stored.blocks ?? 0) + different,
    },
  };
};

/** Writes a backup of a volume that this Longhorn does not know. */
export const writeForeign = async (
  context: Context,
  { store, ...how }: ForeignBackupOptions & { store: RunningStore },
): Promise<
  Pick<Place, 'volume' | 'backup'> & Omit<ForeignBackup, 'volume' | 'backup'> & { blocks: BlockMapping[] }
> => {
  const place = newPlace(context, store, how);
  return { ...place, ...(await writeWhole(context, place, how)) };
};

/**
 * A backup of a volume full of random data, as another Longhorn would have made it, and these data. `stored`: when the
 * volume's folder was made, and the number of its blocks.
 */
export type ForeignBackup = {
  backup: BackupHandle;
  volume: VolumeHandle;
  data: WrittenData;
  stored: { created: Date; blocks: number };
};

const handlesOf = (
  { volume: name, backup }: Pick<Place, 'volume' | 'backup'>,
  { target, size, made, label }: { target: TargetHandle; size: number; made: number; label: string },
): { backup: BackupHandle; volume: VolumeHandle } => {
  const volume: VolumeHandle = { name, target, node: '', size };
  const snapshot = { name: `${backup}-snapshot`, volume };
  return { volume, backup: { name: backup, label, volume, snapshot, since: { made } } };
};

/** Writes a backup into a store as another or an old Longhorn would. The Longhorn under test does not know it yet. */
export const makeForeignBackup = async (
  context: Context,
  { target, ...wish }: ForeignBackupOptions & { target: TargetHandle },
): Promise<ForeignBackup> => {
  const { size, by, after } = wish;
  const made = context.timelines.backups.lastSequence();
  const { data, stored, ...written } = await writeForeign(context, { ...wish, store: target.store });
  const label = by ? `the backup of a Longhorn ${by}` : `the other Longhorn's ${after ? 'next ' : ''}backup`;
  return { ...handlesOf(written, { target, size, made, label }), data, stored };
};

/**
 * Writes `count` backups of a volume with the same data. The clean-up deletes only the last of them: the others go with
 * their backup volume.
 */
export const makeForeignBackups = async (
  context: Context,
  { target, size, count }: { target: TargetHandle; size: number; count: number },
): Promise<{ backups: [BackupHandle, ...BackupHandle[]]; data: WrittenData }> => {
  const { data, stored, blocks, ...last } = await writeForeign(context, { store: target.store, size });
  const { volume } = last;
  const earlier = Array.from({ length: count - 1 }, newName);
  const { put, publish } = target.store.write(volume);
  const created = new Date(stored.created.getTime() - 3_600_000);
  await writeEarlierBackups(put, { volume, size, created, blocks }, earlier);
  await publish();
  const made = context.timelines.backups.lastSequence();
  const toHandle = (backup: string) =>
    handlesOf({ volume, backup }, { target, size, made, label: 'one of the backups' }).backup;
  return { backups: [toHandle(last.backup), ...earlier.map(toHandle)], data };
};

/** Writes a backup of a volume of `size` bytes that has data in the first `filled`: always the same block. */
export const makeLargeForeignBackup = async (
  context: Context,
  { target, size, filled }: { target: TargetHandle; size: number; filled: number },
): Promise<BackupHandle> => {
  const made = context.timelines.backups.lastSequence();
  const { volume, backup } = newPlace(context, target.store);
  const { put, publish } = target.store.write(volume);
  await writeBackup(put, { volume, backup, size, created: new Date(), blocks: sameBlocks(filled) });
  await publish();
  const label = "the other Longhorn's large backup";
  return handlesOf({ volume, backup }, { target, size, made, label }).backup;
};

/** Writes the config of the backup's volume anew, as that of a volume that is not encrypted. */
export const decryptForeign = async ({ backup, volume, stored }: ForeignBackup): Promise<void> => {
  const { put, publish } = volume.target.store.write(volume.name);
  const { created, blocks } = stored;
  const { size, name } = volume;
  await writeVolumeConfig(put, { volume: name, backup: backup.name, size, created, stored: { blocks } });
  await publish();
};

/** An upload of another Longhorn that is under way. `finish` writes the rest. */
export type ForeignUpload = Omit<ForeignBackup, 'data' | 'stored'> & { finish: () => Promise<WrittenData> };

/** Begins an upload as another Longhorn would: its config says that it is unfinished. It has no lock. */
export const beginForeignUpload = async (
  context: Context,
  { target, size }: { target: TargetHandle; size: number },
): Promise<ForeignUpload> => {
  const made = context.timelines.backups.lastSequence();
  const place = newPlace(context, target.store);
  const { put, publish } = target.store.write(place.volume);
  await writeUnfinished(put, { ...place, size, created: new Date() });
  await publish();
  const label = 'the backup that another Longhorn uploads';
  return {
    ...handlesOf(place, { target, size, made, label }),
    finish: async () => (await writeWhole(context, place, { size })).data,
  };
};
