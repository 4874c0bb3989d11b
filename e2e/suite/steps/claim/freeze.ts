import { execInPod } from '../../../kube/in-pods.ts';
import { devicePath, managerPodOf } from '../../../longhorn/manager.ts';
import { longhornResources, longhornNamespace as namespace } from '../../../longhorn/resources.ts';
import type { Context } from '../context.ts';
import type { BackupHandle, VolumeHandle } from '../handles.ts';
import { InconclusiveError } from '../judging.ts';
import { blocksInStore } from './workload.ts';

/** Sets whether the file system of a volume is frozen for its snapshots, whatever the setting says. */
export const setFreezing = async (
  { cluster }: Context,
  { name }: VolumeHandle,
  how: 'enabled' | 'disabled',
): Promise<void> => {
  await cluster.patch(
    longhornResources.volumes,
    { namespace, name },
    { spec: { freezeFilesystemForSnapshot: how } },
  );
};

// From the superblock of ext4: its magic, and the feature that its journal must be replayed. A file system has that as long
// as it is mounted, and not while it is frozen.
const superblock = 1024;
const magic = 0xef53;
const needsRecovery = 0x4;

/** Whether the file system in a backup is one in use, as its journal must be replayed. */
const isInUse = async (backup: BackupHandle): Promise<boolean> => {
  const { label } = backup;
  for await (const { offset, data } of blocksInStore(backup)) {
    if (offset !== 0) continue;
    if (data.readUInt16LE(superblock + 0x38) !== magic)
      throw new InconclusiveError(`the file system in ${label} is not ext4, in which alone a freeze shows`);
    return (data.readUInt32LE(superblock + 0x60) & needsRecovery) !== 0;
  }
  throw new Error(`${label} has no first block`);
};

/** Throws unless the file system in a backup was frozen when its snapshot was taken, or was not. */
export const judgeFreeze = async (
  backup: BackupHandle,
  { isFrozen }: { isFrozen: boolean },
): Promise<void> => {
  if ((await isInUse(backup)) === isFrozen)
    throw new Error(
      `the file system in ${backup.label} must be one that was ${isFrozen ? '' : 'not '}frozen, and by its journal it was ${isFrozen ? 'not ' : ''}frozen`,
    );
};

// Fails if the file system is not frozen. So it says whether it was, and leaves it thawed.
const thaw = `
set -e
device=$((16#$(stat -c %t "$1"))):$((16#$(stat -c %T "$1")))
while read -r _ _ id _ mount _; do
  [ "$id" != "$device" ] || break
done </host/proc/1/mountinfo
[ "$id" = "$device" ]
on_node() { nsenter --mount=/host/proc/1/ns/mnt "$@"; }
on_node mountpoint -q "$mount"
if on_node fsfreeze --unfreeze "$mount"; then echo frozen; else echo thawed; fi`;

/** Throws if the file system of an attached volume is frozen, and thaws it. */
export const mustBeThawed = async ({ cluster }: Context, { name, node }: VolumeHandle): Promise<void> => {
  const pod = await managerPodOf(cluster, node);
  const command = ['bash', '-c', thaw, 'corral-thaw', devicePath(name)];
  const found = await execInPod(cluster, pod, command, `the file system of ${name} cannot be looked at`);
  if (found !== 'thawed') throw new Error(`the file system of volume ${name} was still frozen`);
};
