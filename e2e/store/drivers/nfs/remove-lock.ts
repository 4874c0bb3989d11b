import { z } from 'zod';
import type { Cluster } from '../../../kube/cluster.ts';
import { healInPod } from '../../../kube/heal-in-pod.ts';

const schema = z.object({ pod: z.object({ namespace: z.string(), name: z.string(), container: z.string() }), path: z.string() });

/** A lock that nobody of Longhorn's holds, and the pod on whose disk it lies. */
export type LockFile = z.infer<typeof schema>;

// Written as Longhorn does, under another name first: nobody reads half a lock, nor one with a wrong age. Longhorn passes over that other name.
// The folder stays when a lock is removed: Longhorn may be about to write one of its own into it.
// A client believes for a second what it knows of a folder (actimeo=1): only then everybody knows of the lock, or of its removal.
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
 * A command on the file of a lock: `write` (content, seconds by which its time is ahead of the server's clock), `abandon` (its time is now),
 * `look` (prints its age in seconds and its content), `outlive` (the same, once it is older than so many seconds; second number: for how long
 * to wait), or `remove`.
 */
export const lockCommand = (
  action: 'write' | 'abandon' | 'look' | 'outlive' | 'remove',
  path: string,
  ...more: (string | number)[]
): string[] => ['bash', '-c', script, 'corral-lock', action, path, ...more.map(String)];

/** Removes a lock; one whose pod is gone went with that pod's disk. */
export const removeLock = async (cluster: Cluster, data: unknown): Promise<string> => {
  const { pod, path } = schema.parse(data);
  const failed = `${path} in ${pod.name} could not be removed`;
  return healInPod(cluster, { pod, command: lockCommand('remove', path), failed, gone: `${pod.name} is gone, and its disk with it` });
};
