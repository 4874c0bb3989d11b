import { keepingAside } from './aside.ts';

/**
 * A file of the server is not there, as one that somebody has removed. What was written anew meanwhile is let be,
 * and a folder that was removed as well is not made again.
 */
export const {
  command: hideCommand,
  trouble: hiddenFile,
  heal: bringBack,
} = keepingAside({
  kept: 'hidden',
  made: 'hidden',
  again: 'there',
  putBack: `if [[ -e $1 ]]; then echo 'it was written anew'
  elif [[ ! -d \${1%/*} ]]; then echo 'its folder was removed'
  else mv -n -- "$2" "$1" && echo 'it is there again'`,
  set: `[[ -f $file ]] || { echo 'there is no such file'; exit 1; }
    mkdir -p -- "\${aside%/*}" && mv -- "$file" "$aside"`,
  prove: `[[ ! -e $file ]] || { echo 'it is there'; exit 1; }
    [[ -s $aside ]] || { echo 'nothing is kept of it'; exit 1; }
    echo "it is not there, and its $(stat -c %s -- "$aside") bytes are kept aside"`,
});
