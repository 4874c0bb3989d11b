import { keepingAside } from './aside.ts';

/**
 * A file of the server is empty, as one is that was cut off when its writer lost power. Its times stay, as a
 * lock's age is its file's; who removed it meanwhile, or wrote it anew, is let be.
 */
export const {
  command: emptyCommand,
  trouble: emptiedFile,
  heal: fillFile,
} = keepingAside({
  kept: 'emptied',
  made: 'empty',
  again: 'whole',
  putBack: `if [[ ! -e $1 ]]; then echo 'it was removed'
  elif [[ -s $1 ]]; then echo 'it was written anew'
  else mv -f -- "$2" "$1" && echo 'it has its content'`,
  set: `[[ -s $file ]] || { echo 'there is no such file, or nothing in it'; exit 1; }
    mkdir -p -- "\${aside%/*}" && cp -p -- "$file" "$aside" || exit 1
    truncate -s 0 -- "$file" && touch -r "$aside" -- "$file"`,
  prove: `[[ -e $file ]] || { echo 'it is gone'; exit 1; }
    [[ ! -s $file ]] || { echo "there are $(stat -c %s -- "$file") bytes in it"; exit 1; }
    [[ -s $aside ]] || { echo 'nothing is kept of it'; exit 1; }
    echo "it is empty, and its $(stat -c %s -- "$aside") bytes are kept aside"`,
});
