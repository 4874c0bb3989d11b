import type { Cluster, PodTarget } from '../observe/cluster.ts';
import { type BackupConfig, parseBackupConfig } from './config.ts';
import { type Inspection, inspect, type VolumeContents } from './inspection.ts';
import { backupConfigPath, classify, volumeFolder } from './layout.ts';

/** A backup store, read from outside Longhorn: by commands in the pod that serves it. */
export type BackupStore = {
  /** Names of the backups of a volume that have a config. */
  backups(volume: string): Promise<string[]>;
  /** A backup's config; undefined when there is none. */
  config(volume: string, backup: string): Promise<BackupConfig | undefined>;
  /** Everything in a volume's folder, judged; throws when Longhorn still works on it after `seconds`. */
  inspect(volume: string, options: { seconds: number; owner: string }): Promise<Inspection>;
};

/**
 * Reads the store that `pod` serves from `root`, the exported folder as the pod sees it.
 * The pod needs bash, find and cat.
 */
export const openStore = ({ cluster, pod, root }: { cluster: Cluster; pod: PodTarget; root: string }): BackupStore => {
  const run = async (script: string, ...args: string[]): Promise<{ stdout: string; exitCode: number }> => {
    const { stdout, stderr, exitCode } = await cluster.exec(pod, ['bash', '-c', script, 'corral-store', ...args]);
    if (exitCode !== 0 && exitCode !== expected) {
      throw new Error(
        `reading the backup store failed in pod ${pod.namespace}/${pod.name} with exit code ${exitCode}: ${stderr.trim() || stdout.trim()}`,
      );
    }
    return { stdout, exitCode };
  };
  const folder = (volume: string): string => `${root}/${volumeFolder(volume)}`;

  const list = async (volume: string): Promise<Map<string, number>> => parseListing((await run(listScript, folder(volume))).stdout);
  const read = async (volume: string, backup: string): Promise<BackupConfig | undefined> => {
    const path = `${folder(volume)}/${backupConfigPath(backup)}`;
    const { stdout, exitCode } = await run(readScript, path);
    return exitCode === expected ? undefined : parseBackupConfig(stdout, path);
  };
  const contents = async (volume: string): Promise<VolumeContents> => {
    const files = await list(volume);
    const configs = await Promise.all(backupsIn(files).map((backup) => read(volume, backup)));
    return { files, configs: configs.filter((config) => config !== undefined) };
  };

  return {
    backups: async (volume) => backupsIn(await list(volume)),
    config: read,
    inspect: async (volume, { seconds, owner }) => {
      const { stdout, exitCode } = await run(quietScript, folder(volume), String(seconds));
      if (exitCode === expected) {
        throw new Error(
          `the backup store's folder of ${volume} is still locked after ${seconds} s (${owner}): ${stdout.trim().split('\n').join(', ')}`,
        );
      }
      return inspect(await contents(volume));
    },
  };
};

// An exit code that none of the commands uses by itself, for the answer "no".
const expected = 42;

// Tab and newline cannot be in the names: Longhorn makes them out of checksums and Kubernetes names.
const listScript = `[[ -d $1 ]] || exit 0; cd "$1" && exec find . -type f -printf '%P\\t%s\\n'`;

const readScript = `[[ -e $1 ]] || exit ${expected}; exec cat -- "$1"`;

// A lock is a file on somebody else's file system, not an object that could be watched: the wait is bounded and stays in the pod, one command.
const quietScript = `
shopt -s nullglob
exec {nap}<> <(:)
while locks=("$1"/locks/*.lck); (( \${#locks[@]} > 0 )); do
  (( SECONDS >= $2 )) && { printf '%s\\n' "\${locks[@]##*/}"; exit ${expected}; }
  read -r -t 0.2 -u "$nap"
done
exit 0`;

/** Reads what the listing command prints: a path and a size in bytes a line, with a tab between. */
export const parseListing = (text: string): Map<string, number> =>
  new Map(
    text
      .split('\n')
      .filter((line) => line !== '')
      .map((line): [string, number] => {
        const [path = '', size = ''] = line.split('\t');
        if (!/^\d+$/.test(size)) throw new Error(`cannot read a line of the backup store's listing: ${JSON.stringify(line)}`);
        return [path, Number(size)];
      }),
  );

const backupsIn = (files: ReadonlyMap<string, number>): string[] =>
  [...files.keys()].flatMap((path) => {
    const file = classify(path);
    return file.kind === 'backup-config' ? [file.backup] : [];
  });
