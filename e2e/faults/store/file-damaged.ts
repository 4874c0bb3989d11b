import { moveAsideFault } from './move-aside.ts';
import { describeFile, type FaultyFile } from './places.ts';
import { storeFault } from './store-fault.ts';

// Prints a file with one bit flipped in its middle.
const flipped = `flipped() {
    local at=$(($(stat -c %s -- "$1") / 2)) byte
    byte=$(od -An -tu1 -j "$at" -N 1 -- "$1")
    head -c "$at" -- "$1"
    printf "\\\\$(printf '%03o' $((byte ^ 1)))"
    tail -c "+$((at + 2))" -- "$1"
  }
  is_flipped() { [[ $(flipped "$2" | sha256sum) == "$(sha256sum < "$1")" ]]; }`;

// The modification time changes, because a client may keep its cache of a file with the same time and size.
const { command, folder } = moveAsideFault({
  kept: 'damaged',
  faulty: 'damaged',
  healed: 'whole',
  putBack: `${flipped}
  if [[ ! -e $1 ]]; then echo 'it was removed'
  elif ! is_flipped "$1" "$2"; then echo 'it was written anew'
  else mv -f -- "$2" "$1" && echo 'it has its content'`,
  set: `${flipped}
    [[ -s $file ]] || { echo 'there is no such file, or nothing in it'; exit 1; }
    mkdir -p -- "\${aside%/*}" && cp -p -- "$file" "$aside" || exit 1
    flipped "$aside" > "$file"`,
  prove: `${flipped}
    [[ -e $file ]] || { echo 'it is gone'; exit 1; }
    [[ -s $aside ]] || { echo 'nothing is kept of it'; exit 1; }
    is_flipped "$file" "$aside" || { echo 'it is not what it was made'; exit 1; }
    echo "one bit of it is wrong, and its $(stat -c %s -- "$aside") bytes are kept aside"`,
});

/** The command that sets, clears or proves the fault. */
export const damageCommand = command;

/** A file of the store has one flipped bit, as on a failing disk. */
export const fileDamaged = storeFault({
  name: 'fileDamaged',
  ledgerName: 'damaged-file',
  needs: 'a backup store in which a file can be damaged, and mended',
  sentence: '{file} is damaged by one bit',
  parameters: (file: FaultyFile) => ({ file: describeFile(file) }),
  ways: { folder },
  document: {
    about: 'One bit of a file of the store (a block) is wrong for every client, as on a disk that rots.',
    inject:
      'its content is copied aside in the exported folder, beside what Longhorn writes, and a bit in its middle is flipped',
    prove: 'the file equals the copy, except for that bit',
    heal: 'its content is put back, unless it was written again or removed meanwhile; clients see it within a second',
    bound: 'none; the store goes with the scenario',
    otherUsers: 'nobody; only clients of this store see the file',
    'in scenarios': '`given.fileDamaged`, healed by `when.released`',
  },
});
