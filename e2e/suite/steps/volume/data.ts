import { devicePath, managerPodOf } from '../../../longhorn/manager.ts';
import type { Context } from '../context.ts';
import type { VolumeHandle, WrittenData } from '../handles.ts';
import { mebibyte } from '../sizes.ts';

// Random, so that neither compression nor equal blocks make a backup smaller. Written and read back past
// every cache; the checksum is of what was read. One pass through pipes would do as well, but takes twice as
// long where a system call is slow.
const writeScript = `
set -eo pipefail
dd if=/dev/urandom of="$1" bs=1M seek="$2" count="$3" iflag=fullblock oflag=direct conv=fsync,notrunc status=none
dd if="$1" bs=1M skip="$2" count="$3" iflag=direct,fullblock status=none | sha256sum`;

/**
 * The command that fills a stretch of a device (bytes, whole MiB) and prints the SHA-256 of what is there
 * then.
 */
export const writeCommand = (
  device: string,
  { offset, size }: { offset: number; size: number },
): string[] => [
  'bash',
  '-c',
  writeScript,
  'corral-write',
  device,
  String(offset / mebibyte),
  String(size / mebibyte),
];

/**
 * Fills a stretch of an attached volume (bytes, whole MiB) with random data, through the manager pod of its
 * node.
 */
export const writeData = async (
  { cluster }: Context,
  { volume, offset, size }: { volume: VolumeHandle; offset: number; size: number },
): Promise<WrittenData> => {
  if (volume.restored !== undefined)
    throw new Error(
      `volume ${volume.name} has no block device to write to: the scenario must say that it needs one`,
    );
  if (offset % mebibyte !== 0 || size % mebibyte !== 0)
    throw new Error(`data is written in whole MiB, not ${size} bytes at ${offset}`);
  if (offset + size > volume.size)
    throw new Error(
      `${size} bytes at ${offset} do not fit into volume ${volume.name} of ${volume.size} bytes`,
    );
  const pod = await managerPodOf(cluster, volume.node);
  const device = devicePath(volume.name);
  const { stdout, stderr, exitCode } = await cluster.exec(pod, writeCommand(device, { offset, size }));
  const sha256 = /^[0-9a-f]{64}/.exec(stdout)?.[0];
  if (exitCode !== 0 || sha256 === undefined) {
    throw new Error(
      `writing to ${device} in pod ${pod.name} failed with exit code ${exitCode}: ${stderr.trim() || stdout.trim()}`,
    );
  }
  return { offset, size, sha256 };
};
