import { devicePath, managerPodOf } from '../../../longhorn/manager.ts';
import type { Context } from '../context.ts';
import type { VolumeHandle, WrittenData } from '../handles.ts';
import { InconclusiveError } from '../judging.ts';
import { type DataRange, mebibyte } from '../sizes.ts';

// Random data: neither compression nor equal blocks make a backup smaller. Direct I/O bypasses all caches, and the
// checksum is of what was read back. A single pass through pipes takes twice as long where system calls are slow.
const readScript = `
set -eo pipefail
dd if="$1" bs=1M skip="$2" count="$3" iflag=direct,fullblock status=none | sha256sum`;
const writeScript = `
set -e
dd if=/dev/urandom of="$1" bs=1M seek="$2" count="$3" iflag=fullblock oflag=direct conv=fsync,notrunc status=none
${readScript}`;

const dataCommand = (script: string, device: string, { offset, size }: DataRange): string[] => [
  'bash',
  '-c',
  script,
  'corral-data',
  device,
  String(offset / mebibyte),
  String(size / mebibyte),
];

/**
 * Returns the command that fills a range of a device with random data and prints its SHA-256. Offset and size are in
 * bytes, in whole MiB.
 */
export const writeCommand = (device: string, range: DataRange): string[] =>
  dataCommand(writeScript, device, range);

/**
 * Fills a range of an attached volume with random data, in the manager pod on its node. Offset and size are in bytes,
 * in whole MiB.
 */
export const writeData = async (
  { cluster, made }: Context,
  { volume, offset, size }: { volume: VolumeHandle } & DataRange,
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
  made.filled.push({ volume: volume.name, offset, size });
  const command = writeCommand(devicePath(volume.name), { offset, size });
  return { offset, size, sha256: await checksum(cluster, { volume, command, what: 'writing to' }) };
};

const copyScript = `
  set -e
  dd if="$1" of="$1" bs=1M skip="$2" seek="$4" count="$3" iflag=direct,fullblock oflag=direct conv=fsync,notrunc status=none
  set -- "$1" "$4" "$3"
${readScript}`;

/** Copies a range of an attached volume to another offset. All values are in bytes, in whole MiB. */
export const copyData = async (
  { cluster, made }: Context,
  { volume, from, to }: { volume: VolumeHandle; from: DataRange; to: number },
): Promise<WrittenData> => {
  made.filled.push({ volume: volume.name, offset: to, size: from.size });
  const command = [...dataCommand(copyScript, devicePath(volume.name), from), String(to / mebibyte)];
  return {
    offset: to,
    size: from.size,
    sha256: await checksum(cluster, { volume, command, what: 'copying in' }),
  };
};

/** Discards a range of an attached volume. Offset and size are in bytes, in whole MiB. */
export const discardData = async (
  { cluster }: Pick<Context, 'cluster'>,
  { volume, offset, size }: { volume: VolumeHandle } & DataRange,
): Promise<void> => {
  const pod = await managerPodOf(cluster, volume.node);
  const range = ['--offset', String(offset), '--length', String(size)];
  const command = ['blkdiscard', ...range, devicePath(volume.name)];
  const { stderr, exitCode } = await cluster.exec(pod, command);
  if (exitCode !== 0)
    throw new InconclusiveError(`nothing can be discarded in ${volume.name} from pod ${pod.name}: ${stderr}`);
};

/** Returns the SHA-256 of a range of an attached volume. */
export const readData = (
  { cluster }: Pick<Context, 'cluster'>,
  { volume, offset, size }: { volume: VolumeHandle } & DataRange,
): Promise<string> => {
  const command = dataCommand(readScript, devicePath(volume.name), { offset, size });
  return checksum(cluster, { volume, command, what: 'reading' });
};

const checksum = async (
  cluster: Context['cluster'],
  { volume, command, what }: { volume: VolumeHandle; command: string[]; what: string },
): Promise<string> => {
  const pod = await managerPodOf(cluster, volume.node);
  const { stdout, stderr, exitCode } = await cluster.exec(pod, command);
  const sha256 = /^[0-9a-f]{64}/.exec(stdout)?.[0];
  if (exitCode !== 0 || sha256 === undefined) {
    throw new Error(
      `${what} ${devicePath(volume.name)} in pod ${pod.name} failed with exit code ${exitCode}: ${stderr.trim() || stdout.trim()}`,
    );
  }
  return sha256;
};
