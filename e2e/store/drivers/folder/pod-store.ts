import { dirname } from 'node:path';
import { z } from 'zod';
import type { Cluster, PodTarget } from '../../../kube/cluster.ts';
import { volumeFolder, volumesFolder } from '../../format/layout.ts';
import { type StoreEntry, type StoreSource, Unreadable } from '../../format/source.ts';
import type { NewFile, VolumeFolderWriter } from '../../format/write-backup.ts';
import { type BackupStore, openStore } from '../../store.ts';
import type { ActiveLock, LockSearch } from '../../wait-until-idle.ts';

/** The pod that serves a store. `root` is the path of the exported folder in the pod. */
type ServingPod = { cluster: Cluster; pod: PodTarget; root: string };

/** The JSON form of a container of a pod. */
export const podSchema = z.object({ namespace: z.string(), name: z.string(), container: z.string() });

/** Runs a bash script in the pod of a store. Throws for exit codes other than 0 and `no`. */
type RunInStore = (script: string, ...args: string[]) => Promise<{ stdout: string; exitCode: number }>;

/** The exit code for the answer "no". No command that the scripts use returns it. */
const no = 42;

export const runInStore =
  ({ cluster, pod }: { cluster: Cluster; pod: PodTarget }): RunInStore =>
  async (script, ...args) => {
    const { stdout, stderr, exitCode } = await cluster.script(pod, script, ...args);
    if (exitCode !== 0 && exitCode !== no) {
      throw new Error(
        `reading the backup store failed in pod ${pod.namespace}/${pod.name} with exit code ${exitCode}: ${stderr.trim() || stdout.trim()}`,
      );
    }
    return { stdout, exitCode };
  };

/** The source of a store through commands in its pod. The pod needs bash, find, head and base64. */
export const podSource = (run: RunInStore, { root }: { root: string }): StoreSource => ({
  async *walk(folder, depth) {
    yield* parseListing((await run(walkScript, `${root}/${folder}`, String(depth))).stdout, folder);
  },
  read: async (path, limit) => {
    const { stdout, exitCode } = await run(readScript, `${root}/${path}`, String(limit));
    if (exitCode === no) throw new Unreadable('there is no such file', { gone: true });
    return Buffer.from(stdout, 'base64');
  },
});

// `-ignore_readdir_race` skips files that are removed while find runs.
const walkScript = `[[ -d $1 ]] || exit 0
cd "$1" && exec find . -ignore_readdir_race -mindepth 1 -maxdepth "$2" -printf '%P\\0%y\\0%s\\0%T@\\0'`;

// base64, because an exec stream carries text. Links are not followed.
const readScript = `[[ -e $1 && ! -L $1 ]] || exit ${no}
set -o pipefail
head -c "$2" -- "$1" | base64 -w 0`;

const kinds: Record<string, StoreEntry['kind']> = { f: 'file', d: 'folder', l: 'link' };

/**
 * Parses the output of the listing script: path, type, size in bytes and time in seconds of each file. A zero byte
 * follows every field.
 */
const parseListing = (text: string, folder: string): StoreEntry[] => {
  const fields = text.split('\0');
  return Array.from({ length: Math.floor(fields.length / 4) }, (_, index): StoreEntry => {
    const [path = '', type = '', size = '', seconds = ''] = fields.slice(index * 4, index * 4 + 4);
    if (path === '' || !/^\d+$/.test(size) || !/^-?\d+(\.\d+)?$/.test(seconds))
      throw new Error(
        `cannot read the backup store's listing at ${JSON.stringify([path, type, size, seconds])}`,
      );
    return {
      path: `${folder}/${path}`,
      kind: kinds[type] ?? 'special',
      size: Number(size),
      changedAt: Number(seconds) * 1000,
    };
  });
};

// The file system of a store cannot be watched, so one command in the pod polls with a time limit. It prints each
// lock that counts at the end: path, time of the last refresh, age and content.
const locksScript = `
shopt -s nullglob
exec {nap}<> <(:)
root=$1 life=$2 bound=$3
shift 3
while
  living=()
  folders=("\${@/#/$root/}")
  (( $# > 0 )) || folders=("$root/${volumesFolder}"/*/*/*)
  for folder in "\${folders[@]}"; do
    for lock in "$folder"/locks/*.lck; do
      written=$(stat -c %Y "$lock" 2> /dev/null) || continue
      (( written + life >= EPOCHSECONDS )) && living+=("\${lock#"$root"/}" "$written" "$(( EPOCHSECONDS - written ))" "$(head -c 512 "$lock" 2> /dev/null | base64 -w 0)")
    done
  done
  (( \${#living[@]} > 0 )); do
  (( SECONDS >= bound )) && { printf '%s\\n' "\${living[@]}"; exit ${no}; }
  read -r -t 0.2 -u "$nap"
done
exit 0`;

const locksIn = async (
  run: RunInStore,
  root: string,
  { volumes, life, seconds }: LockSearch,
): Promise<ActiveLock[]> => {
  const { stdout, exitCode } = await run(
    locksScript,
    root,
    String(life),
    String(seconds),
    ...volumes.map(volumeFolder),
  );
  if (exitCode !== no) return [];
  const lines = stdout.split('\n');
  return Array.from({ length: Math.floor(lines.length / 4) }, (_, index) => {
    const [path = '', written = '', age = '', content = ''] = lines.slice(index * 4, index * 4 + 4);
    return { path, written: Number(written), age: Number(age), content: Buffer.from(content, 'base64') };
  });
};

/**
 * Opens a store through commands in its pod. `contents` is how many bytes of blocks an inspection reads; the default
 * is 0, because the data come through an exec stream.
 */
export const openPodStore = (served: ServingPod, contents = 0): BackupStore => {
  const run = runInStore(served);
  const { root } = served;
  return openStore({
    source: podSource(run, served),
    locks: (search) => locksIn(run, root, search),
    contents,
  });
};

// The first line lists all folders, so that one mkdir creates them: starting a process in a pod is slow. Then each
// file has a line with its size and path, followed by its bytes. The last line shows that the stream is complete.
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

// `chown` gives the files the owner of the exported folder, because its clients act as that user. It names each folder
// above, as Longhorn may remove a file elsewhere meanwhile. A new folder comes to its place as a whole. Into an existing one the files go one by one: blocks, configs of backups, volume.cfg.
const publishScript = `
set -eo pipefail
mkdir -p "\${2%/*}"
chown -R --reference="$3" -- "$1"
folder=\${2%/*}
while [[ $folder != "$3" ]]; do
  chown --reference="$3" -- "$folder"
  folder=\${folder%/*}
done
if [[ ! -e $2 ]]; then
  mv -T "$1" "$2"
  exit 0
fi
{
  find "$1" -type f ! -name '*.cfg' -printf '%P\\0'
  find "$1" -type f -name 'backup_*.cfg' -printf '%P\\0'
  find "$1" -type f -name volume.cfg -printf '%P\\0'
} | while IFS= read -r -d '' file; do
  [[ $file != */* ]] || mkdir -p "$2/\${file%/*}"
  mv -T -- "$1/$file" "$2/$file"
done
find "$2" -type d -exec chown --reference="$3" -- {} +
rm -r -- "$1"`;

/** Starts writing into the folder of a volume. */
export const openVolumeFolderWriter = (
  { cluster, pod, root }: ServingPod,
  { volume }: { volume: string },
): VolumeFolderWriter => {
  const aside = `${root}/incoming-${volume}`;
  const run = async (what: string, command: string[], stdin?: Uint8Array): Promise<void> => {
    const { exitCode, stderr } = await cluster.exec(pod, command, stdin === undefined ? {} : { stdin });
    if (exitCode !== 0)
      throw new Error(
        `${what} failed in pod ${pod.namespace}/${pod.name} with exit code ${exitCode}: ${stderr.trim()}`,
      );
  };
  return {
    put: (files) =>
      run('writing into the backup store', ['bash', '-c', putScript, 'corral-store', aside], toStream(files)),
    publish: () =>
      run('bringing a backup to its place in the store', [
        'bash',
        '-c',
        publishScript,
        'corral-store',
        aside,
        `${root}/${volumeFolder(volume)}`,
        root,
      ]),
  };
};

const toStream = (files: readonly NewFile[]): Buffer =>
  Buffer.concat([
    Buffer.from(`${[...new Set(files.map(({ path }) => dirname(path)))].join(' ')}\n`),
    ...files.flatMap(({ path, bytes }) => [Buffer.from(`${bytes.length} ${path}\n`), bytes]),
    Buffer.from('end .\n'),
  ]);
