import type { Cluster, PodTarget } from '../../../kube/cluster.ts';
import type { Trouble } from '../../driver.ts';
import { asideOf } from './aside.ts';
import { healByCommand, troubleByCommand } from './by-command.ts';

// A client believes for a second what it knows of a folder (actimeo=1). What was written anew meanwhile is let
// be, and a folder that was removed as well is not made again.
const script = `
exec {nap}<> <(:)
nap() { read -r -t "$1" -u "$nap" || true; }
put_back() {
  if [[ -e $1 ]]; then echo 'it was written anew'
  elif [[ ! -d \${1%/*} ]]; then echo 'its folder was removed'
  else mv -n -- "$2" "$1" && echo 'it is there again'; fi && rm -f -- "$2"
}
action=$1 file=$2 aside=$3
case $action in
  set)
    [[ -f $file ]] || { echo 'there is no such file'; exit 1; }
    mkdir -p -- "\${aside%/*}" && mv -- "$file" "$aside" && nap 1.2 ;;
  clear)
    [[ -e $aside ]] || { echo 'nothing is kept of it'; exit 0; }
    put_back "$file" "$aside" && nap 1.2 ;;
  clear-all)
    [[ -d $aside ]] || exit 0
    while IFS= read -r -d '' kept; do
      put_back "$file/$kept" "$aside/$kept" > /dev/null && printf '%s\\n' "$file/$kept"
    done < <(find "$aside" -type f -printf '%P\\0') ;;
  prove)
    [[ ! -e $file ]] || { echo 'it is there'; exit 1; }
    [[ -s $aside ]] || { echo 'nothing is kept of it'; exit 1; }
    echo "it is not there, and its $(stat -c %s -- "$aside") bytes are kept aside" ;;
esac`;

/**
 * The command that moves a file out of a store, moves it back, does so for every file of the exported folder
 * (`clear-all`) and prints those, or proves that one is not there.
 */
export const hideCommand = (action: 'set' | 'clear' | 'clear-all' | 'prove', path: string): string[] => [
  'bash',
  '-c',
  script,
  'corral-hidden',
  action,
  path,
  asideOf(path, 'hidden'),
];

/** A file of the server is not there, as one that somebody has removed. */
export const hiddenFile = (
  cluster: Cluster,
  file: { pod: PodTarget; path: string; title: string },
): Trouble =>
  troubleByCommand(cluster, file, {
    command: (action) => hideCommand(action, file.path),
    failed: `it is not so that ${file.title}`,
  });

/** Brings files back. */
export const bringBack = healByCommand({ command: hideCommand, made: 'hidden', again: 'there' });
