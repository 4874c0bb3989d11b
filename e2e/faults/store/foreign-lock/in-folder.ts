import { z } from 'zod';
import type { Cluster } from '../../../kube/cluster.ts';
import { execInPod, undoInPod } from '../../../kube/in-pods.ts';
import type { FolderAccess } from '../../../store/driver.ts';
import { podSchema } from '../../../store/drivers/folder/pod-store.ts';
import type { FaultOperations } from '../../fault.ts';
import { type ForeignLock, maxClockSkew, newLock, type WantedLock } from './lock.ts';

// `write` creates the file under another name first, as Longhorn does, so that no reader sees half a lock or a wrong
// age. Longhorn ignores that name. `remove` keeps the folder, because Longhorn may be about to write its own lock
// there. NFS clients cache a folder for 1 s (actimeo=1), so each change waits 1.2 s.
const script = `
set -e
exec {nap}<> <(:)
nap() { read -r -t "$1" -u "$nap" || true; }
case $1 in
  write)
    [[ -d \${2%/*/*} ]] || { echo "the store has no folder \${2%/*/*}"; exit 1; }
    mkdir -p -- "\${2%/*}"
    printf '%s' "$3" > "$2.tmp.$$"
    touch -d "@$((EPOCHSECONDS + $4))" -- "$2.tmp.$$"
    chown --reference="\${2%/*/*}" -- "\${2%/*}" "$2.tmp.$$"
    mv -- "$2.tmp.$$" "$2"
    nap 1.2 ;;
  abandon)
    [[ -e $2 ]] || { echo "it is gone"; exit 1; }
    touch -- "$2"
    nap 1.2 ;;
  look)
    [[ -e $2 ]] || { echo "it is gone"; exit 1; }
    written=$(stat -c %Y -- "$2")
    echo "$((EPOCHSECONDS - written)) $(< "$2")" ;;
  outlive)
    while [[ -e $2 ]] && written=$(stat -c %Y -- "$2") && ((EPOCHSECONDS - written <= $3)); do
      ((SECONDS >= $4)) && { echo "it was still written less than $3 s ago after $4 s"; exit 1; }
      nap 0.2
    done
    [[ -e $2 ]] || { echo "it is gone"; exit 1; }
    echo "$((EPOCHSECONDS - written)) $(< "$2")" ;;
  remove)
    [[ -e $2 ]] && said='it is removed' || said='it is gone'
    rm -f -- "$2" "$2".tmp.*
    nap 1.2
    echo "$said" ;;
esac`;

/**
 * The command for a lock file. `write` takes the content, and by how many seconds the file's time is ahead of the
 * server's clock. `abandon` sets the time to now. `look` prints the age in seconds and the content. `outlive` takes
 * an age and a limit in seconds, waits until the lock is older, and prints the same. `remove` deletes the file.
 */
const lockCommand = (
  action: 'write' | 'abandon' | 'look' | 'outlive' | 'remove',
  path: string,
  ...more: (string | number)[]
): string[] => ['bash', '-c', script, 'corral-lock', action, path, ...more.map(String)];

// Nothing has to refresh or end this lock. Its file time is in the future and determines when it expires.
const make = (
  { cluster, pod, root }: FolderAccess,
  title: string,
  lock: WantedLock,
): FaultOperations<ForeignLock> => {
  const { of, life, counts } = lock;
  const { namespace, name: podName, container = '' } = pod;
  const { name, path: inStore, content } = newLock(lock);
  const path = `${root}/${inStore}`;
  const run = (...command: Parameters<typeof lockCommand>): Promise<string> =>
    execInPod(cluster, pod, lockCommand(...command), `${title}: ${command[0]} failed in ${podName}`);
  const ageOf = (output: string): number => Number(output.slice(0, output.indexOf(' ')));
  return {
    data: { pod: { namespace, name: podName, container }, path },
    inject: async () => {
      await run('write', path, content, counts - life);
    },
    prove: async () => {
      const output = await run('look', path);
      const age = ageOf(output);
      if (age > life)
        throw new Error(
          `${title}, but it counts no more: ${name} was written ${age} s ago, and a lock counts for ${life} s`,
        );
      const written = age < 0 ? `dated ${-age} s ahead` : `written ${age} s ago`;
      return `${output.slice(output.indexOf(' ') + 1)}, ${written} by the server's clock: it counts for another ${life - age} s`;
    },
    handle: {
      name,
      of,
      abandon: async () => {
        await run('abandon', path);
      },
      outlived: async () => ageOf(await run('outlive', path, life + maxClockSkew, life + 60)),
    },
  };
};

const schema = z.object({ pod: podSchema, path: z.string() });

// If the pod is gone, the lock is gone with its disk. There is no heal by labels, because the lock expires.
const heal = async (cluster: Cluster, data: unknown): Promise<string> => {
  const { pod, path } = schema.parse(data);
  const failed = `${path} in ${pod.name} could not be removed`;
  return undoInPod(cluster, {
    pod,
    command: lockCommand('remove', path),
    failed,
    gone: `${pod.name} is gone, and its disk with it`,
  });
};

/** The foreign lock in a folder that a pod serves. */
export const lockInFolder = { make, heal };
