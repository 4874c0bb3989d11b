import type { Cluster } from '../observe/cluster.ts';
import { letDeletionGo } from './let-deletion-go.ts';
import { makeMutable } from './make-mutable.ts';
import { putBack } from './put-back.ts';
import { undoInLab } from './undo-in-lab.ts';

/** How each kind of fault is undone, from what the ledger says of it; each returns what it did, and may be called again. */
export const healers = {
  'held-deletion': letDeletionGo,
  'immutable-file': makeMutable,
  lab: undoInLab,
  'patched-object': putBack,
} satisfies Record<string, (cluster: Cluster, data: unknown) => Promise<string>>;
