import { parseLock } from '../../format/config.ts';
import { volumeFolder, volumesFolder } from '../../format/layout.ts';
import { lockTypes } from '../../fsck/check-locks.ts';
import { no, type RunInPod } from './pod-source.ts';

/** For how long something is waited for, in whole seconds: a lock counts for `lockLife` after it was last written; `owner` says whose time it is. */
export type UntilIdle = { volumes?: readonly string[]; lockLife: number; seconds: number; owner: string };

/** Somebody still works in a backup store; the message says on what, and since when that lock was last written. */
export class StillAtWork extends Error {
  override readonly name = 'StillAtWork';
}

// A lock is a file on somebody else's file system, not an object that could be watched: the wait is bounded and stays in the pod, one command.
// Each lock that lives when the time is over: its path, how long ago it was written, and what is in it.
const script = `
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
      (( written + life >= EPOCHSECONDS )) && living+=("\${lock#"$root"/}" "$(( EPOCHSECONDS - written ))" "$(head -c 512 "$lock" 2> /dev/null | base64 -w 0)")
    done
  done
  (( \${#living[@]} > 0 )); do
  (( SECONDS >= bound )) && { printf '%s\\n' "\${living[@]}"; exit ${no}; }
  read -r -t 0.2 -u "$nap"
done
exit 0`;

const describe = ([path = '', age = '', content = '']: string[]): string => {
  const [volume, , lock] = path.split('/').slice(-3);
  const { config } = parseLock(Buffer.from(content, 'base64'));
  return `lock ${lock?.replace(/\.lck$/, '')} of ${lockTypes[config?.Type ?? 0] ?? 'an unknown type'} in the folder of ${volume}, last written ${age} s ago`;
};

/**
 * Waits until no lock in the folders of these volumes (of all, where none are named) lives by the server's clock, be it that its holder has ended
 * or that nobody has written it anew. Throws StillAtWork when one still does after `seconds`.
 */
export const untilIdle = async (run: RunInPod, root: string, { volumes = [], lockLife, seconds, owner }: UntilIdle): Promise<void> => {
  const { stdout, exitCode } = await run(script, root, String(lockLife), String(seconds), ...volumes.map(volumeFolder));
  if (exitCode !== no) return;
  const lines = stdout.split('\n');
  const living = Array.from({ length: Math.floor(lines.length / 3) }, (_, index) => describe(lines.slice(index * 3, index * 3 + 3)));
  throw new StillAtWork(`the backup store is still worked on after ${seconds} s (${owner}): ${living.join('; ')}`);
};
