import { z } from 'zod';
import type { RunningNode } from '../run/nodes.ts';
import { ensureCondition, type LabCondition } from './condition.ts';
import { findNode, findRequestedNode, type LabAction, type LabContext } from './context.ts';
import { runInNode } from './in-node.ts';
import { undoUnlessDown } from './power.ts';

/** Prints the disk's table, then `ok` or the error of an uncached read, then its mount options. */
const readScript = `
dmsetup table longhorn
error=$(dd if=/dev/mapper/longhorn of=/dev/null bs=4096 count=1 iflag=direct status=none 2>&1) && echo ok || echo "\${error##*: }"
findmnt -rno FS-OPTIONS /var/lib/longhorn | tail -1`;

/**
 * Replaces the target of the disk's device at once, for all processes that have it open. Does not flush and
 * does not freeze the file system: a real disk fails without a warning, and a failing one cannot be flushed.
 */
const deviceMapperScript = (target: string): string => `set -e
export DM_DISABLE_UDEV=1
modprobe -a dm-flakey dm-delay
dmsetup suspend --nolockfs longhorn
# Whatever happens, it must not stay suspended: all that touches it would hang.
trap 'dmsetup resume longhorn' EXIT
dmsetup load longhorn --table "0 $(blockdev --getsz /dev/ubdc) ${target}"`;

/**
 * Makes the file system writable again if it is not. ext4 never writes again through a mount whose journal
 * had an error, so all its mounts must go. Containers have it in their own mount namespaces: they are killed,
 * and Kubernetes starts them again. Then the file system is checked and mounted again.
 */
const healFileSystem = `
device=/dev/mapper/longhorn
is_sound() { findmnt -rno FS-OPTIONS /var/lib/longhorn | tail -1 | grep -qvE '\\b(emergency_)?ro\\b'; }
is_sound && exit
number=$(stat -c %Hr:%Lr "$device")
own=$(readlink /proc/1/ns/mnt)
holders() {
  for info in $(grep -ls " $number " /proc/[0-9]*/mountinfo); do
    process=\${info%/mountinfo}
    [ "$(readlink "$process/ns/mnt")" = "$own" ] || echo "\${process#/proc/}"
  done
}
ended=0
# It is gone when nobody has it mounted or open any more.
for _ in {1..100}; do
  for process in $(holders); do kill -KILL "$process" 2> /dev/null && ended=$((ended + 1)); done
  for place in $(findmnt -rno TARGET -S "$device" | tac); do umount --lazy "$place"; done
  [ -e "/sys/fs/ext4/$(basename "$(readlink "/sys/dev/block/$number")")" ] || break
  sleep 0.1
done
checked=$(e2fsck -fy "$device" 2>&1)
code=$?
[ "$code" -lt 4 ] || { echo "$checked" >&2; exit "$code"; }
mount "$device" /var/lib/longhorn || exit
[ "$code" = 0 ] && found="found nothing to repair" || found="repaired it"
echo "its file system had gone read-only: $ended processes of containers that had it mounted were ended, a check $found, and it was mounted again"`;

const failSchema = z.object({ node: z.string(), afterSeconds: z.number().int().nonnegative().max(86_400) });
const delaySchema = z.object({ node: z.string(), delayMs: z.number().int().positive().max(60_000) });

type Disk = LabCondition & {
  /** The disk's table in the device mapper, such as `0 25165824 linear 98:32 0`. */
  table: string;
};

// dm-flakey alternates between up and down intervals. This down interval is so long that the failure is permanent.
const FOR_GOOD_S = 100_000_000;

const describeFault = (table: string): string | undefined => {
  const [, , target, , , first] = table.split(' ');
  if (target === 'flakey')
    return `fails for good, from ${first === '0' ? 'the order' : `${first} s after the order`} on`;
  if (target === 'delay') return `makes each read and write wait ${first} ms`;
  return undefined;
};

const describeSystem = (options: string): string => {
  if (options === '') return 'its file system is not mounted';
  return /\b(emergency_)?ro\b/.test(options) ? 'its file system is read-only' : 'its file system is writable';
};

/** Reads whether a node's disk at /var/lib/longhorn has a fault, or its file system still has the effects of one. */
export const readDiskCondition = async (context: LabContext, node: RunningNode): Promise<Disk> => {
  const [table = '', read = '', options = ''] = (await runInNode(context, node, readScript)).split('\n');
  const disk = `${node.name}'s disk at /var/lib/longhorn`;
  const mapped = `its device is a dm-${table.split(' ')[2]}`;
  const reading = read === 'ok' ? 'a read of it goes well' : `a read of it ends with "${read}"`;
  const fault = describeFault(table);
  if (fault !== undefined)
    return { faulty: true, text: `${disk} ${fault}: ${mapped}, and now ${reading}`, table };
  const system = describeSystem(options);
  const isSound = read === 'ok' && system.endsWith('writable');
  return {
    faulty: !isSound,
    text: `${disk} ${isSound ? 'works' : 'does not work'}: ${mapped}, ${reading}, ${system}`,
    table,
  };
};

/** Makes every read and write of a node's disk fail with EIO, starting a number of seconds after now. */
export const failDisk: LabAction = async (context, request) => {
  const { node: name, afterSeconds } = failSchema.parse(request);
  const node = findNode(context, name);
  const flakey = `0 ${afterSeconds} ${FOR_GOOD_S}`;
  return ensureCondition({
    read: () => readDiskCondition(context, node),
    isWanted: ({ table }) => table.includes(' flakey ') && table.includes(` ${flakey} `),
    always: afterSeconds > 0,
    act: () => runInNode(context, node, deviceMapperScript(`flakey /dev/ubdc ${flakey}`)).then(() => {}),
  });
};

/** Makes every read and write of a node's disk wait, in ms. */
export const delayDisk: LabAction = async (context, request) => {
  const { node: name, delayMs } = delaySchema.parse(request);
  const node = findNode(context, name);
  return ensureCondition({
    read: () => readDiskCondition(context, node),
    isWanted: ({ table }) => table.includes(' delay ') && table.endsWith(` 0 ${delayMs}`),
    act: () => runInNode(context, node, deviceMapperScript(`delay /dev/ubdc 0 ${delayMs}`)).then(() => {}),
  });
};

/** Heals a node's disk and its file system, which may be read-only. */
export const healDisk: LabAction = async (context, request) => {
  const node = findRequestedNode(context, request);
  return undoUnlessDown(context, node, () =>
    ensureCondition({
      read: () => readDiskCondition(context, node),
      isWanted: ({ faulty }) => !faulty,
      act: async () => {
        await runInNode(context, node, deviceMapperScript('linear /dev/ubdc 0'));
        return (await runInNode(context, node, healFileSystem)).trim() || undefined;
      },
    }),
  );
};
