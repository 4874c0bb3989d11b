import { z } from 'zod';
import type { Cluster } from '../../../kube/cluster.ts';
import { healInPod } from '../../../kube/heal-in-pod.ts';

const schema = z.object({ pod: z.object({ namespace: z.string(), name: z.string(), container: z.string() }), path: z.string() });

/** A file that was made immutable, and the pod on whose disk it lies. */
export type ImmutableFile = z.infer<typeof schema>;

// The proof is what the file system itself says, and that it refuses a change which would be none: nothing is appended.
const script = `
case $1 in
  set) chattr +i -- "$2" ;;
  clear) [[ -e $2 ]] || { echo "it is gone"; exit 0; }; chattr -i -- "$2" && echo "it is mutable" ;;
  prove)
    flags=$(lsattr -d -- "$2") || exit 1
    flags=\${flags%% *}
    [[ $flags == *i* ]] || { echo "its attributes are $flags"; exit 1; }
    said=$({ : >> "$2"; } 2>&1) && { echo "its attributes are $flags, and yet it can be written to"; exit 1; }
    echo "lsattr $flags; writing to it: \${said##*: }" ;;
esac`;

/** The command that sets, clears or proves (`set`, `clear`, `prove`) the immutability of a file. */
export const attributeScript = (action: string, path: string): string[] => ['bash', '-c', script, 'corral-immutable', action, path];

/** Makes a file mutable again; one whose pod is gone went with that pod's disk. */
export const makeMutable = async (cluster: Cluster, data: unknown): Promise<string> => {
  const { pod, path } = schema.parse(data);
  const failed = `${path} in ${pod.name} could not be made mutable`;
  return healInPod(cluster, { pod, command: attributeScript('clear', path), failed, gone: `${pod.name} is gone, and its disk with it` });
};
