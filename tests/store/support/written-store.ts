import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openVolumeFolderWriter } from '../../../e2e/store/drivers/folder/pod-store.ts';
import { folderSource } from '../../../e2e/store/format/folder-source.ts';
import { volumeFolder } from '../../../e2e/store/format/layout.ts';
import { blockSize } from '../../../e2e/store/format/pack-block.ts';
import { type OldLonghorn, type VolumeBlock, writeBackup } from '../../../e2e/store/format/write-backup.ts';
import { checkStore } from '../../../e2e/store/fsck/fsck.ts';
import { verifySample } from '../../../e2e/store/fsck/verify-sample.ts';
import { stubCluster } from '../../support/stub-cluster.ts';

/** When the backups of these tests are said to have been made. */
export const created = new Date('2026-01-01T00:00:10.987Z');

/** A folder of this machine that stands for the one which a store's pod exports. */
export const exported = async () => {
  const root = await mkdtemp(join(tmpdir(), 'corral-written-'));
  const pod = { namespace: 'store', name: 'backupstore' };
  const open = (volume: string) => openVolumeFolderWriter({ cluster: stubCluster(), pod, root }, { volume });
  const source = folderSource(join(root, 'backupstore'));
  return {
    root,
    open,
    /** Writes a backup and brings it to its place; returns its blocks. */
    write: async ({ volume = 'source', backup = 'backup-1', ...what }: Written) => {
      const { put, publish } = open(volume);
      const mappings = await writeBackup(put, { volume, backup, created, ...what });
      await publish();
      return mappings;
    },
    /** What Longhorn would see: nothing, a part of it never. */
    isThere: (volume: string) => existsSync(join(root, volumeFolder(volume))),
    read: (path: string, volume = 'source') => source.read(`${volumeFolder(volume)}/${path}`, 1 << 30),
    check: () =>
      checkStore(source, { now: Date.now(), verify: verifySample(source, Number.POSITIVE_INFINITY) }),
    remove: () => rm(root, { recursive: true, force: true }),
  };
};

type Written = {
  volume?: string;
  backup?: string;
  size: number;
  blocks: Iterable<VolumeBlock>;
  by?: OldLonghorn;
  created?: Date;
  earlier?: { created: Date; blocks: number };
};

/**
 * A volume of `count` blocks with some of them, each of one of few contents, as the numbers come; so some are
 * alike.
 */
export const someBlocks = (random: (limit: number) => number, count: number): VolumeBlock[] =>
  Array.from({ length: count }, (_, index) => ({ index, content: random(6) }))
    .filter(({ content }) => content > 0)
    .map(({ index, content }) => ({
      offset: index * blockSize,
      data: Buffer.alloc(blockSize, `content ${content}, `),
    }));
