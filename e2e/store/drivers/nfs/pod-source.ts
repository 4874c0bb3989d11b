import type { Cluster, PodTarget } from '../../../kube/cluster.ts';
import { type StoreEntry, type StoreSource, Unreadable } from '../../format/source.ts';

/** Runs a bash script in the pod that serves a store; throws when it ends with neither 0 nor `no`. */
export type RunInPod = (script: string, ...args: string[]) => Promise<{ stdout: string; exitCode: number }>;

/** An exit code that none of the commands uses by itself, for the answer "no". */
export const no = 42;

export const runInPod =
  ({ cluster, pod }: { cluster: Cluster; pod: PodTarget }): RunInPod =>
  async (script, ...args) => {
    const { stdout, stderr, exitCode } = await cluster.exec(pod, ['bash', '-c', script, 'corral-store', ...args]);
    if (exitCode !== 0 && exitCode !== no) {
      throw new Error(
        `reading the backup store failed in pod ${pod.namespace}/${pod.name} with exit code ${exitCode}: ${stderr.trim() || stdout.trim()}`,
      );
    }
    return { stdout, exitCode };
  };

/** A store below `root`, the exported folder as the pod that serves it sees it. The pod needs bash, find, head and base64. */
export const podSource = (run: RunInPod, { root }: { root: string }): StoreSource => ({
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

/** Reads what the listing command prints: path, type, size in bytes and time in seconds of each, every one with a zero byte behind it. */
const parseListing = (text: string, folder: string): StoreEntry[] => {
  const fields = text.split('\0');
  return Array.from({ length: Math.floor(fields.length / 4) }, (_, index): StoreEntry => {
    const [path = '', type = '', size = '', seconds = ''] = fields.slice(index * 4, index * 4 + 4);
    if (path === '' || !/^\d+$/.test(size) || !/^-?\d+(\.\d+)?$/.test(seconds))
      throw new Error(`cannot read the backup store's listing at ${JSON.stringify([path, type, size, seconds])}`);
    return { path: `${folder}/${path}`, kind: kinds[type] ?? 'special', size: Number(size), changedAt: Number(seconds) * 1000 };
  });
};
