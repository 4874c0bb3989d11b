import { dirname } from 'node:path';
import type { Cluster, PodTarget } from '../../../kube/cluster.ts';
import { volumeFolder } from '../../format/layout.ts';
import type { NewFile, PutFiles } from '../../format/write-backup.ts';

/** Files on their way into a volume's folder of a store that a pod serves. */
type Incoming = {
  put: PutFiles;
  /** Brings all of them to where Longhorn looks for them, in one step: it never sees a part of them. */
  publish(): Promise<void>;
};

// The first line has all folders, made in one go, as a process takes its time in a pod. Then each file comes as a line with its size and its
// path, and its bytes: head takes no byte more than it is told to. The last line says that nothing was lost on the way.
const putScript = `
set -e
if IFS=' ' read -r -a folders; then
  mkdir -p "\${folders[@]/#/$1/}"
  while IFS=' ' read -r size path; do
    [[ $size == end ]] && exit 0
    head -c "$size" > "$1/$path"
  done
fi
echo 'the stream of files ended before its last line' >&2
exit 1`;

const publishScript = `
set -e
mkdir -p "\${2%/*}"
mv -T "$1" "$2"`;

/** Opens the way into the folder of a volume that the store knows nothing of; `root` is the exported folder as the pod sees it. */
export const incoming = (
  { cluster, pod, root }: { cluster: Cluster; pod: PodTarget; root: string },
  { volume }: { volume: string },
): Incoming => {
  const aside = `${root}/incoming-${volume}`;
  const run = async (what: string, command: string[], stdin?: Uint8Array): Promise<void> => {
    const { exitCode, stderr } = await cluster.exec(pod, command, stdin === undefined ? {} : { stdin });
    if (exitCode !== 0) throw new Error(`${what} failed in pod ${pod.namespace}/${pod.name} with exit code ${exitCode}: ${stderr.trim()}`);
  };
  return {
    put: (files) => run('writing into the backup store', ['bash', '-c', putScript, 'corral-store', aside], toStream(files)),
    publish: () =>
      run('bringing a backup to its place in the store', [
        'bash',
        '-c',
        publishScript,
        'corral-store',
        aside,
        `${root}/${volumeFolder(volume)}`,
      ]),
  };
};

const toStream = (files: readonly NewFile[]): Buffer =>
  Buffer.concat([
    Buffer.from(`${[...new Set(files.map(({ path }) => dirname(path)))].join(' ')}\n`),
    ...files.flatMap(({ path, bytes }) => [Buffer.from(`${bytes.length} ${path}\n`), bytes]),
    Buffer.from('end .\n'),
  ]);
