import { moveAsideFault } from './move-aside.ts';
import { describeFile, type FaultyFile } from './places.ts';
import { storeFault } from './store-fault.ts';

// The heal does not replace a file that was rewritten meanwhile, and does not create a folder that was removed.
const { command, folder } = moveAsideFault({
  kept: 'hidden',
  faulty: 'hidden',
  healed: 'there',
  putBack: `if [[ -e $1 ]]; then echo 'it was written anew'
  elif [[ ! -d \${1%/*} ]]; then echo 'its folder was removed'
  else mv -n -- "$2" "$1" && echo 'it is there again'`,
  set: `[[ -f $file ]] || { echo 'there is no such file'; exit 1; }
    mkdir -p -- "\${aside%/*}" && mv -- "$file" "$aside"`,
  prove: `[[ ! -e $file ]] || { echo 'it is there'; exit 1; }
    [[ -s $aside ]] || { echo 'nothing is kept of it'; exit 1; }
    echo "it is not there, and its $(stat -c %s -- "$aside") bytes are kept aside"`,
});

/** The command that sets, clears or proves the fault. */
export const hideCommand = command;

/** A file of the store is missing, as if somebody had removed it. */
export const fileMissing = storeFault({
  name: 'fileMissing',
  ledgerName: 'hidden-file',
  needs: 'a backup store out of which a file can be moved, and back',
  sentence: '{file} is gone from the store',
  parameters: (file: FaultyFile) => ({ file: describeFile(file) }),
  ways: { folder },
  document: {
    about: 'A file of the store (a config) is missing for every client, as if somebody had removed it.',
    inject: 'the file is moved aside in the exported folder, beside what Longhorn writes',
    prove: 'there is no such file, and it is kept aside',
    heal: 'it is moved back, unless it was written again meanwhile; clients see it within a second',
    bound: 'none; the store goes with the scenario',
    otherUsers: 'nobody; only clients of this store miss the file',
    'in scenarios': '`given.fileMissing`, healed by `when.released`',
  },
});
