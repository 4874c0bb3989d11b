import { mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { folderSource } from '../../../e2e/store/format/folder-source.ts';
import { backupConfigPath, blockPath, checksumOf, volumeFolder } from '../../../e2e/store/format/layout.ts';
import type { BlockJob, VerifyBlocks } from '../../../e2e/store/fsck/check-blocks.ts';
import { checkStore } from '../../../e2e/store/fsck/fsck.ts';
import { verifySample } from '../../../e2e/store/fsck/verify-sample.ts';
import { type CompressionMethod, encodeBackup, encodeVolume } from '../../../emulator/backupstore/config.ts';
import { compress } from '../../../emulator/backupstore/upload-blocks.ts';

export const blockSize = 2 << 20;

/** A block of data that are as good as any others. */
export const block = (number: number): Buffer => Buffer.alloc(blockSize, `block ${number}, `);

/** A store in memory: its files by their paths in the volume's folder, or from `backupstore/` on. */
export type Files = Map<string, Uint8Array | string>;

export const volume = 'vol-a';
const at = (offset: number, number: number) => ({
  Offset: offset * blockSize,
  BlockChecksum: checksumOf(block(number)),
});

/** The two backups of the store: the second has its first and third block with the first one in common. */
export const mappings = { b1: [at(0, 0), at(1, 1), at(4, 2)], b2: [at(0, 0), at(1, 3), at(4, 2), at(9, 4)] };

/** Checksums of the five blocks. */
export const checksums = [0, 1, 2, 3, 4].map((number) => checksumOf(block(number)));

const packed = new Map<CompressionMethod, Uint8Array[]>();
const pack = (method: CompressionMethod): Uint8Array[] => {
  const known = packed.get(method) ?? [0, 1, 2, 3, 4].map((number) => compress(method, block(number)));
  packed.set(method, known);
  return known;
};

/** A config of one of the backups, changed as asked for. */
export const backupConfig = (
  name: 'b1' | 'b2',
  change: Partial<Parameters<typeof encodeBackup>[0]> = {},
): string =>
  encodeBackup({
    ...{ Name: name, VolumeName: volume, SnapshotName: `snap-${name}` },
    ...{ SnapshotCreatedAt: '2026-01-01T00:00:00Z', CreatedTime: '2026-01-01T00:00:10Z' },
    ...{ Size: mappings[name].length * blockSize, Blocks: mappings[name], ProcessingBlocks: null },
    ...{ NewlyUploadedDataSize: 100, ReUploadedDataSize: 0 },
    Labels: { VolumeRecurringJobInfo: '{}' },
    Parameters: { 'backup-block-size': '2097152', 'backup-mode': 'incremental' },
    IsIncremental: name === 'b2',
    CompressionMethod: 'lz4',
    ...change,
  });

export const volumeConfig = (change: Partial<Parameters<typeof encodeVolume>[0]> = {}): string =>
  encodeVolume({
    ...{ Name: volume, Size: 32 << 20, BlockCount: 5, CreatedTime: '2026-01-01T00:00:00Z' },
    ...{ LastBackupName: 'b2', LastBackupAt: '2026-01-01T00:00:00Z', Labels: null },
    ...{ BackingImageName: '', BackingImageChecksum: '', StorageClassName: '' },
    ...{ CompressionMethod: 'lz4', DataEngine: 'v1', ...change },
  });

/** A store with nothing wrong: one volume with two backups and five blocks. */
export const soundStore = (method: CompressionMethod = 'lz4'): Files =>
  new Map<string, Uint8Array | string>([
    ['volume.cfg', volumeConfig({ CompressionMethod: method })],
    [backupConfigPath('b1'), backupConfig('b1', { CompressionMethod: method })],
    [backupConfigPath('b2'), backupConfig('b2', { CompressionMethod: method })],
    ...pack(method).map((data, number) => [blockPath(checksums[number] as string), data] as const),
  ]);

/** A moment that all files of a laid out store are dated to, in milliseconds since the epoch. */
export const now = Date.UTC(2026, 0, 2);

const whole = (path: string): string =>
  path.startsWith('backupstore/') ? path : `${volumeFolder(volume)}/${path}`;

/**
 * Lays a store out on disk; a path that ends in a slash is an empty folder, a content `-> X` a symbolic link.
 */
export const layOut = async (files: Files) => {
  const root = await mkdtemp(join(tmpdir(), 'corral-fsck-'));
  for (const [path, data] of files) {
    const file = join(root, whole(path));
    await mkdir(path.endsWith('/') ? file : dirname(file), { recursive: true });
    if (path.endsWith('/')) continue;
    if (typeof data === 'string' && data.startsWith('-> ')) await symlink(data.slice(3), file);
    else {
      await writeFile(file, data);
      await utimes(file, now / 1000, now / 1000);
    }
  }
  return {
    root,
    folder: join(root, whole('x'), '..'),
    remove: () => rm(root, { recursive: true, force: true }),
  };
};

type Checking = {
  later?: number;
  onDisk?: (folder: string, root: string) => Promise<unknown>;
  whole?: boolean;
};

// A block as it was packed, where the configs say so: decompressing all five again for each damage took most
// of the time.
const isUntouched = (files: Files, { path, method, size }: BlockJob): boolean =>
  method === 'lz4' &&
  size === blockSize &&
  pack('lz4').includes((files.get(path) ?? files.get(path.slice(path.indexOf('blocks/')))) as Uint8Array);

/**
 * Lays a store out, damages it further on disk where asked to, and checks it some seconds after it was
 * written; with `whole` it looks into the blocks that nobody has touched as well.
 */
export const check = async (files: Files, { later = 10, onDisk, whole = false }: Checking = {}) => {
  const { root, folder, remove } = await layOut(files);
  try {
    await onDisk?.(folder, root);
    const source = folderSource(join(root, 'backupstore'));
    const look = verifySample(source, Number.POSITIVE_INFINITY);
    const verify: VerifyBlocks = (jobs, wrong) =>
      look(whole ? jobs : [...jobs].filter((job) => !isUntouched(files, job)), wrong);
    return await checkStore(source, { now: now + later * 1000, verify });
  } finally {
    await remove();
  }
};

/** What a check found, as `severity code: message`. */
export const linesOf = ({ findings }: Awaited<ReturnType<typeof check>>): string[] =>
  findings.map(({ severity, code, message }) => `${severity} ${code}: ${message}`);
