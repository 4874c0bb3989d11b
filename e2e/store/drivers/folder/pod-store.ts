import { dirname } from 'node:path';
import { z } from 'zod';
import type { Cluster, PodTarget } from '../../../kube/cluster.ts';
import type { LivingLock, LockSearch } from '../../at-work.ts';
import { storeFolder, volumeFolder, volumesFolder } from '../../format/layout.ts';
import { type StoreEntry, type StoreSource, Unreadable } from '../../format/source.ts';
import type { Incoming, NewFile } from '../../format/write-backup.ts';
import { type BackupStore, openStore } from '../../store.ts';

/** The pod that serves a store, and the exported folder as it sees it. */
export type Served = { cluster: Cluster; pod: PodTarget; root: string };

/** A container of a pod, as it is kept on disk. */
export const podSchema = z.object({ namespace: z.string(), name: z.string(), container: z.string() });

/** Runs a bash script in the pod that serves a store; throws when it ends with neither 0 nor `no`. */
export type RunInStore = (script: string, ...args: string[]) => Promise<{ stdout: string; exitCode: number }>;

/** An exit code that none of the commands uses by itself, for the answer "no". */
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

/**
 * A store below `root`, the exported folder as the pod that serves it sees it. The pod needs bash, find, head
 * and base64.
 */
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

// What is removed while find works is not there.
const walkScript = `[[ -d $1 ]] || exit 0
cd "$1" && exec find . -ignore_readdir_race -mindepth 1 -maxdepth "$2" -printf '%P\\0%y\\0%s\\0%T@\\0'`;

// As text, because that is what an exec carries; a link is not followed.
const readScript = `[[ -e $1 && ! -L $1 ]] || exit ${no}
set -o pipefail
head -c "$2" -- "$1" | base64 -w 0`;

const kinds: Record<string, StoreEntry['kind']> = { f: 'file', d: 'folder', l: 'link' };

/**
 * Reads what the listing command prints: path, type, size in bytes and time in seconds of each, every one
 * with a zero byte behind it.
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

// A lock is a file on somebody else's file system, not an object that could be watched: the wait is bounded
// and stays in the pod, one command. Each lock that counts when the time is over: its path, when it was written
// and how long ago, and what is in it.
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
): Promise<LivingLock[]> => {
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
 * A store by commands in the pod that serves it. The data of blocks come over the exec, so that by default
 * none is looked into.
 */
export const openPodStore = (served: Served, contents = 0): BackupStore => {
  const run = runInStore(served);
  const { root } = served;
  return openStore({
    source: podSource(run, served),
    locks: (search) => locksIn(run, root, search),
    contents,
  });
};

// The first line has all folders, made in one go, as a process takes its time in a pod. Then each file comes
// as a line with its size and its path, and its bytes: head takes no byte more than that. The last
// line says that nothing was lost on the way.
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

// To whom the exported folder belongs, as whom its clients act.
const publishScript = `
set -e
mkdir -p "\${2%/*}"
chown -R --reference="$3" -- "$1" "$3/${storeFolder}"
mv -T "$1" "$2"`;

/**
 * Opens the way into the folder of a volume that the store knows nothing of; `root` is the exported folder as
 * the pod sees it.
 */
export const incoming = ({ cluster, pod, root }: Served, { volume }: { volume: string }): Incoming => {
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
