import { z } from 'zod';
import type { Cluster, PodTarget } from '../../../kube/cluster.ts';
import { execInPod, inEachPod, undoInPod } from '../../../kube/in-pods.ts';
import type { Heal, Trouble } from '../../driver.ts';
import { exportPath } from './place.ts';
import { podSchema } from './pod-store.ts';
import { serversOf } from './server.ts';

// The proof is what the file system itself says, and that it refuses a change which would be none: nothing is
// appended.
const script = `
case $1 in
  set) chattr +i -- "$2" ;;
  clear) [[ -e $2 ]] || { echo "it is gone"; exit 0; }; chattr -i -- "$2" && echo "it is mutable" ;;
  clear-all)
    shopt -s nullglob globstar
    for file in "$2"/**; do
      [[ -f $file ]] || continue
      flags=$(lsattr -d -- "$file") && [[ \${flags%% *} == *i* ]] && chattr -i -- "$file" && printf '%s\\n' "$file"
    done
    exit 0 ;;
  prove)
    flags=$(lsattr -d -- "$2") || exit 1
    flags=\${flags%% *}
    [[ $flags == *i* ]] || { echo "its attributes are $flags"; exit 1; }
    said=$({ : >> "$2"; } 2>&1) && { echo "its attributes are $flags, and yet it can be written to"; exit 1; }
    echo "lsattr $flags; writing to it: \${said##*: }" ;;
esac`;

/**
 * The command that sets, clears or proves the immutability of a file, or clears that of every file below a
 * folder (`clear-all`) and prints those that had it.
 */
export const attributeCommand = (action: 'set' | 'clear' | 'clear-all' | 'prove', path: string): string[] => [
  'bash',
  '-c',
  script,
  'corral-immutable',
  action,
  path,
];

/**
 * A file of the server is immutable where it lies: no client can remove, change or replace it.
 * The pod needs CAP_LINUX_IMMUTABLE and a file system with inode flags (ext4, xfs, btrfs).
 */
export const immutableFile = (
  cluster: Cluster,
  { pod, path, title }: { pod: PodTarget; path: string; title: string },
): Trouble => {
  const { namespace, name, container = '' } = pod;
  const run = (action: 'set' | 'prove'): Promise<string> =>
    execInPod(cluster, pod, attributeCommand(action, path), `${title}: ${action} failed in ${name}`);
  return {
    title,
    data: { pod: { namespace, name, container }, path },
    inject: async () => {
      await run('set');
    },
    prove: () => run('prove'),
  };
};

const schema = z.object({ pod: podSchema, path: z.string() });

/** Makes files mutable again; those of a server that is gone went with its pod's disk. */
export const makeMutable: Heal = {
  heal: async (cluster, data) => {
    const { pod, path } = schema.parse(data);
    const failed = `${path} in ${pod.name} could not be made mutable`;
    return undoInPod(cluster, {
      pod,
      command: attributeCommand('clear', path),
      failed,
      gone: `${pod.name} is gone, and its disk with it`,
    });
  },
  healByLabels: async (cluster, run, namespace) => {
    // The disk of one that does not run any more goes with it.
    const told = await inEachPod(await serversOf(cluster, run, namespace), async (pod) => {
      const { stdout } = await cluster.exec(pod, attributeCommand('clear-all', exportPath));
      return stdout
        .split('\n')
        .filter((file) => file !== '')
        .map((file) => `${file} in ${pod.name}: mutable again`);
    });
    return told.flat();
  },
};
