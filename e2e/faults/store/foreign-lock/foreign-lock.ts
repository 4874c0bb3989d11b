import { storeFault } from '../store-fault.ts';
import { lockInBucket } from './in-bucket.ts';
import { lockInFolder } from './in-folder.ts';
import type { WantedLock } from './lock.ts';

/** A lock on a volume that no process of this Longhorn holds: a killed process left it, or another cluster holds it. */
export const foreignLock = storeFault({
  name: 'foreignLock',
  ledgerName: 'foreign-lock',
  needs: "a backup store into which a lock can be written that is none of Longhorn's",
  sentence: 'the volume has a foreign lock of {type}',
  parameters: ({ of }: WantedLock) => ({ type: of }),
  ways: { folder: lockInFolder, bucket: lockInBucket },
  document: {
    about:
      'The folder of a volume has a lock file that no process of this cluster holds, as if its process was killed or it belonged to another cluster.',
    inject:
      "the file is written with a time in the future, as if its holder renewed it until then; on S3 the age is the server's Last-Modified, so the suite renews it",
    prove:
      "the file's age by the server's clock; it counts while that is within a lock's life (150 s in Longhorn)",
    heal: 'the file is removed',
    bound: "it expires; on S3, a lock's life after the suite has ended",
    otherUsers:
      "nobody; the lock is in the folder of the scenario's own volume, and is gone for every client a second after the heal",
    'in scenarios': '`given.foreignLock`, then `when.lockAbandoned`, `when.lockRemoved`',
  },
});
