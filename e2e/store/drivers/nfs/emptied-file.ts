import type { Cluster, PodTarget } from '../../../kube/cluster.ts';
import type { Trouble } from '../../driver.ts';
import { asideOf } from './aside.ts';
import { healByCommand, troubleByCommand } from './by-command.ts';

// Its times stay, as a lock's age is its file's. A client believes for a second what it knows of a file
// (actimeo=1). Who removed it meanwhile, or wrote it anew, is let be.
const script = `
exec {nap}<> <(:)
nap() { read -r -t "$1" -u "$nap" || true; }
put_back() {
  if [[ ! -e $1 ]]; then echo 'it was removed'
  elif [[ -s $1 ]]; then echo 'it was written anew'
  else mv -f -- "$2" "$1" && echo 'it has its content'; fi && rm -f -- "$2"
}
action=$1 file=$2 aside=$3
case $action in
  set)
    [[ -s $file ]] || { echo 'there is no such file, or nothing in it'; exit 1; }
    mkdir -p -- "\${aside%/*}" && cp -p -- "$file" "$aside" || exit 1
    truncate -s 0 -- "$file" && touch -r "$aside" -- "$file" && nap 1.2 ;;
  clear)
    [[ -e $aside ]] || { echo 'nothing is kept of it'; exit 0; }
    put_back "$file" "$aside" && nap 1.2 ;;
  clear-all)
    [[ -d $aside ]] || exit 0
    while IFS= read -r -d '' kept; do
      put_back "$file/$kept" "$aside/$kept" > /dev/null && printf '%s\\n' "$file/$kept"
    done < <(find "$aside" -type f -printf '%P\\0') ;;
  prove)
    [[ -e $file ]] || { echo 'it is gone'; exit 1; }
    [[ ! -s $file ]] || { echo "there are $(stat -c %s -- "$file") bytes in it"; exit 1; }
    [[ -s $aside ]] || { echo 'nothing is kept of it'; exit 1; }
    echo "it is empty, and its $(stat -c %s -- "$aside") bytes are kept aside" ;;
esac`;

/**
 * The command that empties a file of a store and keeps aside what was in it, puts that back, does so for every
 * file of the exported folder (`clear-all`) and prints those, or proves that a file is empty.
 */
export const emptyCommand = (action: 'set' | 'clear' | 'clear-all' | 'prove', path: string): string[] => [
  'bash',
  '-c',
  script,
  'corral-emptied',
  action,
  path,
  asideOf(path, 'emptied'),
];

/** A file of the server is empty, as one is that was cut off when its writer lost power. */
export const emptiedFile = (
  cluster: Cluster,
  file: { pod: PodTarget; path: string; title: string },
): Trouble =>
  troubleByCommand(cluster, file, {
    command: (action) => emptyCommand(action, file.path),
    failed: `it is not so that ${file.title}`,
  });

/** Puts back what was in files. */
export const fillFile = healByCommand({ command: emptyCommand, made: 'empty', again: 'whole' });
