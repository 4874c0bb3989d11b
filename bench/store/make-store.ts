import { randomFillSync } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { backupConfigPath, blockPath, checksumOf, volumeFolder } from '../../e2e/store/format/layout.ts';
import { blockSize } from '../../e2e/store/format/pack-block.ts';
import { compressFrame } from '../../emulator/backupstore/lz4.ts';

// Every twentieth block is random as encrypted or packed data are; of the others a sixteenth is, the rest
// looks like the text of a log. So the store takes a fifth of its data on disk, and there is room for a large
// one.
const everyRandom = 20;
const randomPart = blockSize / 16;

/** The data of a block of the benchmark, never the same twice. */
export const blockData = (index: number): Buffer => {
  const data = Buffer.alloc(blockSize);
  if (index % everyRandom === 0) return randomFillSync(data);
  let line = 0;
  for (let at = randomPart; at < blockSize; line += 1)
    at += data.write(
      `2026-11-20T12:${index}:${line % 60} INFO request ${(line * 7_919) % 1_000_003} was answered in less than 10 ms\n`,
      at,
    );
  return randomFillSync(data, 0, randomPart);
};

/**
 * Makes a sound store of one volume with one backup of so many blocks, all different, in a folder; gives its
 * size on disk in bytes.
 */
export const makeStore = async (folder: string, blocks: number): Promise<number> => {
  const volume = 'bench';
  const put = async (path: string, data: Uint8Array | string): Promise<void> => {
    const file = join(folder, volumeFolder(volume), path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, data);
  };
  const mappings: { Offset: number; BlockChecksum: string }[] = [];
  let bytes = 0;
  for (let index = 0; index < blocks; index += 1) {
    const data = blockData(index);
    const checksum = checksumOf(data);
    const packed = compressFrame(data);
    await put(blockPath(checksum), packed);
    bytes += packed.length;
    mappings.push({ Offset: index * blockSize, BlockChecksum: checksum });
  }
  const size = String(blocks * blockSize);
  const time = '2026-01-01T00:00:00Z';
  const named = { VolumeName: volume, SnapshotName: 's', SnapshotCreatedAt: time, CreatedTime: time };
  await put(
    backupConfigPath('b1'),
    JSON.stringify({ Name: 'b1', ...named, Size: size, CompressionMethod: 'lz4', Blocks: mappings }),
  );
  await put(
    'volume.cfg',
    JSON.stringify({
      Name: volume,
      Size: size,
      CreatedTime: time,
      LastBackupName: 'b1',
      BlockCount: String(blocks),
      CompressionMethod: '"lz4"',
    }),
  );
  return bytes;
};
