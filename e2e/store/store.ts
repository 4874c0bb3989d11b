import type { Cluster, PodTarget } from '../kube/cluster.ts';
import { type UntilIdle, untilIdle } from './drivers/nfs/at-work.ts';
import { no, podSource, type RunInPod, runInPod } from './drivers/nfs/pod-source.ts';
import { type BackupConfig, isName, parseBackup } from './format/config.ts';
import { backupConfigPath, classify, volumeFolder } from './format/layout.ts';
import { Unreadable } from './format/source.ts';
import { checkVolume } from './fsck/check-volume.ts';
import { collectFindings, type Finding } from './fsck/findings.ts';
import { sizeLimits } from './fsck/read-config.ts';
import { verifySample } from './fsck/verify-sample.ts';
import { listLocks, type VolumeLock } from './list-locks.ts';

/** What was found in a volume's folder; `problems` is empty for a sound one. */
export type Inspection = {
  /** Names of the backups that have a config. */
  backups: string[];
  blocks: number;
  locks: string[];
  problems: string[];
  /** What a deletion that was killed leaves behind and Longhorn lives with; empty where none was. */
  leftByKill: string[];
};

type InspectOptions = { seconds: number; owner: string; abandonedAfter?: number };

/** A backup store, read from outside Longhorn: by commands in the pod that serves it. */
export type BackupStore = {
  /** Names of the backups of a volume that have a config. */
  backups(volume: string): Promise<string[]>;
  /** A backup's config; undefined when there is none. */
  config(volume: string, backup: string): Promise<BackupConfig | undefined>;
  /** The locks in a volume's folder now, by whomever. */
  locks(volume: string): Promise<VolumeLock[]>;
  /** Waits until nothing works in the folders of these volumes, of all where none are named; throws StillAtWork when something does after its time. */
  untilIdle(options: UntilIdle): Promise<void>;
  /**
   * Everything in a volume's folder, judged; throws when Longhorn still works on it after `seconds`. Where a process was killed that held a
   * lock, the lock stays for ever: one that has not been written for `abandonedAfter` seconds is neither waited for nor a problem; nor is what
   * volume.cfg says of a last backup whose deletion had got no further than its config.
   */
  inspect(volume: string, options: InspectOptions): Promise<Inspection>;
};

/**
 * Reads the store that `pod` serves from `root`, the exported folder as the pod sees it.
 * The data of blocks come over the exec: of a volume's blocks as many are looked into as have `contents` bytes on disk, by default none.
 */
export const openStore = ({
  cluster,
  pod,
  root,
  contents = 0,
}: {
  cluster: Cluster;
  pod: PodTarget;
  root: string;
  contents?: number;
}): BackupStore => {
  const run = runInPod({ cluster, pod });
  const source = podSource(run, { root });

  return {
    backups: async (volume) => {
      const folder = volumeFolder(volume);
      const names: string[] = [];
      for await (const { path } of source.walk(folder, 2)) {
        const file = classify(path.slice(folder.length + 1));
        if (file.kind === 'backup-config' && isName(file.backup)) names.push(file.backup);
      }
      return names;
    },
    config: async (volume, backup) => {
      const path = `${volumeFolder(volume)}/${backupConfigPath(backup)}`;
      try {
        const { config, problem } = parseBackup(await source.read(path, sizeLimits.backup));
        if (problem) throw new Error(`${path} ${problem.message}`);
        return config;
      } catch (error) {
        if (error instanceof Unreadable && error.gone) return undefined;
        throw error;
      }
    },
    locks: (volume) => listLocks(source, volume),
    untilIdle: (options) => untilIdle(run, root, options),
    inspect: async (volume, options) => {
      await quiet(run, { folder: `${root}/${volumeFolder(volume)}`, volume, ...options });
      const findings = collectFindings();
      const verify = contents > 0 ? verifySample(source, contents) : undefined;
      const { backups, blocks, locks } = await checkVolume(source, volumeFolder(volume), { findings, now: Date.now(), verify });
      const killed = options.abandonedAfter !== undefined;
      // A temporary file is what a writer leaves that was killed; Longhorn never removes it.
      const expected = ['temporary-file', ...(killed ? ['lock-expired'] : [])];
      const problems = findings.list().filter(({ severity, code }) => severity !== 'info' && !expected.includes(code));
      const isLeft = ({ code }: Finding): boolean => killed && code === 'last-backup-missing';
      const tell = ({ message }: Finding): string => message;
      const problemsNotLeft = problems.filter((each) => !isLeft(each));
      return { backups, blocks, locks, problems: problemsNotLeft.map(tell), leftByKill: problems.filter(isLeft).map(tell) };
    },
  };
};

// A lock is a file on somebody else's file system, not an object that could be watched: the wait is bounded and stays in the pod, one command.
const quietScript = `
shopt -s nullglob
exec {nap}<> <(:)
while locks=("$1"/locks/*.lck)
  for at in "\${!locks[@]}"; do
    [[ -n $3 ]] && written=$(stat -c %Y "\${locks[at]}" 2> /dev/null) && (( written + $3 < EPOCHSECONDS )) && unset "locks[at]"
  done
  (( \${#locks[@]} > 0 )); do
  (( SECONDS >= $2 )) && { printf '%s\\n' "\${locks[@]##*/}"; exit ${no}; }
  read -r -t 0.2 -u "$nap"
done
exit 0`;

type Quiet = InspectOptions & { folder: string; volume: string };

const quiet = async (run: RunInPod, { folder, volume, seconds, owner, abandonedAfter }: Quiet): Promise<void> => {
  const { stdout, exitCode } = await run(quietScript, folder, String(seconds), String(abandonedAfter ?? ''));
  if (exitCode !== no) return;
  const locks = stdout.trim().split('\n').join(', ');
  throw new Error(`the backup store's folder of ${volume} is still locked after ${seconds} s (${owner}): ${locks}`);
};
