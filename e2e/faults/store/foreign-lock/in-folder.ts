import { z } from 'zod';
import type { Cluster } from '../../../kube/cluster.ts';
import { execInPod, undoInPod } from '../../../kube/in-pods.ts';
import type { FolderAccess } from '../../../store/driver.ts';
import { podSchema } from '../../../store/drivers/folder/pod-store.ts';
import type { Doing } from '../../fault.ts';
import { clocksApart, type ForeignLock, newLock, type WantedLock } from './lock.ts';

// Written as Longhorn does, under another name first: nobody reads half a lock, nor one with a wrong age.
// Longhorn passes over that other name. The folder stays when a lock is removed: Longhorn may be about to
// write one of its own into it. A client believes for a second what it knows of a folder (actimeo=1): only
// then everybody knows of the lock, or of its removal.
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
 * A command on the file of a lock: `write` (content, seconds by which its time is ahead of the server's
 * clock), `abandon` (its time is now), `look` (prints its age in seconds and its content), `outlive` (the
 * same, once it is older than so many seconds; second number: for how long to wait), or `remove`.
 */
const lockCommand = (
  action: 'write' | 'abandon' | 'look' | 'outlive' | 'remove',
  path: string,
  ...more: (string | number)[]
): string[] => ['bash', '-c', script, 'corral-lock', action, path, ...more.map(String)];

// It needs nobody to keep it up, nor to end it: it counts for as long as its file's time says, which lies ahead.
const make = ({ cluster, pod, root }: FolderAccess, title: string, lock: WantedLock): Doing<ForeignLock> => {
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
      outlived: async () => ageOf(await run('outlive', path, life + clocksApart, life + 60)),
    },
  };
};

const schema = z.object({ pod: podSchema, path: z.string() });

// One whose pod is gone went with that pod's disk. By labels nothing is looked for: it counts no more when its
// time is over.
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

/** A lock in a folder that a pod serves. */
export const lockInFolder = { make, heal };
