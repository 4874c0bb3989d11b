/** Prints the disk's table, then `ok` or the error of a read past all caches, then the options of its mount. */
export const lookScript = `
dmsetup table longhorn
error=$(dd if=/dev/mapper/longhorn of=/dev/null bs=4096 count=1 iflag=direct status=none 2>&1) && echo ok || echo "\${error##*: }"
findmnt -rno FS-OPTIONS /var/lib/longhorn | tail -1`;

/**
 * Puts another target under the disk's name, at once and for all who have it open.
 *
 * Without a flush and without freezing the file system: a disk that fails gives no warning either, and a failing one could not be flushed.
 */
export const mapTo = (target: string): string => `set -e
export DM_DISABLE_UDEV=1
modprobe -a dm-flakey dm-delay
dmsetup suspend --nolockfs longhorn
# Whatever happens, it must not stay suspended: all that touches it would hang.
trap 'dmsetup resume longhorn' EXIT
dmsetup load longhorn --table "0 $(blockdev --getsz /dev/ubdc) ${target}"`;

/**
 * Makes the file system writable again, if it is not.
 *
 * ext4 never writes again through a mount whose journal met an error. So all that has it mounted must let go: containers have it in mount namespaces of their own and are ended,
 * Kubernetes starts them again. Then it is checked and mounted anew.
 */
export const healFileSystem = `
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
