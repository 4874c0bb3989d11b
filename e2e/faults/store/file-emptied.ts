import { moveAsideFault } from './move-aside.ts';
import { describeFile, type FaultyFile } from './places.ts';
import { storeFault } from './store-fault.ts';

// `touch -r` keeps the file's times, because the age of a lock is the age of its file. The heal does not replace a
// file that somebody removed or rewrote meanwhile.
const { command, folder } = moveAsideFault({
  kept: 'emptied',
  faulty: 'empty',
  healed: 'whole',
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

/** The command that sets, clears or proves the fault. */
export const emptyCommand = command;

/** A file of the store is empty, like a file whose writer lost power. */
export const fileEmptied = storeFault({
  name: 'fileEmptied',
  ledgerName: 'emptied-file',
  needs: 'a backup store in which a file can be emptied, and filled again',
  sentence: '{file} is empty',
  parameters: (file: FaultyFile) => ({ file: describeFile(file) }),
  ways: { folder },
  document: {
    about:
      'A file of the store (a config, a lock) is empty for every client, as if its writer had lost power.',
    inject:
      'its content is copied aside in the exported folder, beside what Longhorn writes, and the file is truncated; its times stay, because the age of a lock is that of its file',
    prove: 'the file is there with nothing in it, and what was in it is kept aside',
    heal: 'its content is put back, unless it was written again or removed meanwhile; clients see it within a second',
    bound: 'none; the store goes with the scenario',
    otherUsers: 'nobody; only clients of this store see the file',
    'in scenarios': '`given.fileEmptied`, healed by `when.released`',
  },
});
