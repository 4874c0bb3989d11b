import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Cluster, PodTarget } from '../../../kube/cluster.ts';
import { execInPod, undoInPod } from '../../../kube/in-pods.ts';
import { type ForeignLock, type Heal, lockTypes, type WantedLock } from '../../driver.ts';
import { podSchema } from './pod-store.ts';

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

// `folder` is the volume's, as the pod sees it.
type Lock = Omit<WantedLock, 'volume'> & { pod: PodTarget; folder: string };

// Longhorn compares the server's time of the file with the clock of its own node: the two may be a moment
// apart.
const apart = 2;

/**
 * A lock on a volume of the server that none of Longhorn's processes holds, as one that was killed leaves it,
 * or one of another cluster holds it. It needs nobody to keep it up, nor to end it: it counts for as long as
 * its file's time says, which lies ahead.
 */
export const foreignLock = (cluster: Cluster, { pod, folder, of, life, counts }: Lock): ForeignLock => {
  const { namespace, name: podName, container = '' } = pod;
  const name = `lock-${randomBytes(8).toString('hex')}`;
  const path = `${folder}/locks/${name}.lck`;
  const title = `the volume has a foreign lock of ${of}`;
  const run = (...command: Parameters<typeof lockCommand>): Promise<string> =>
    execInPod(cluster, pod, lockCommand(...command), `${title}: ${command[0]} failed in ${podName}`);
  const ageOf = (told: string): number => Number(told.slice(0, told.indexOf(' ')));
  return {
    title,
    data: { pod: { namespace, name: podName, container }, path },
    name,
    inject: async () => {
      await run(
        'write',
        path,
        JSON.stringify({ Name: name, Type: lockTypes[of], Acquired: true }),
        counts - life,
      );
    },
    prove: async () => {
      const told = await run('look', path);
      const age = ageOf(told);
      if (age > life)
        throw new Error(
          `${title}, but it counts no more: ${name} was written ${age} s ago, and a lock counts for ${life} s`,
        );
      const written = age < 0 ? `dated ${-age} s ahead` : `written ${age} s ago`;
      return `${told.slice(told.indexOf(' ') + 1)}, ${written} by the server's clock: it counts for another ${life - age} s`;
    },
    abandon: async () => {
      await run('abandon', path);
    },
    outlived: async () => ageOf(await run('outlive', path, life + apart, life + 60)),
  };
};

const schema = z.object({ pod: podSchema, path: z.string() });

/**
 * Removes a lock; one whose pod is gone went with that pod's disk. By labels nothing is looked for: it counts
 * no more when its time is over.
 */
export const removeLock: Heal = {
  heal: async (cluster, data) => {
    const { pod, path } = schema.parse(data);
    const failed = `${path} in ${pod.name} could not be removed`;
    return undoInPod(cluster, {
      pod,
      command: lockCommand('remove', path),
      failed,
      gone: `${pod.name} is gone, and its disk with it`,
    });
  },
};
