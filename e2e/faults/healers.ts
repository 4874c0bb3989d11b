import type { Cluster } from '../kube/cluster.ts';
import { letServerRun } from '../store/drivers/nfs/let-server-run.ts';
import { makeMutable } from '../store/drivers/nfs/make-mutable.ts';
import { makeWritable } from '../store/drivers/nfs/make-writable.ts';
import { removeLock } from '../store/drivers/nfs/remove-lock.ts';
import { allowDeletion } from './allow-deletion.ts';
import { letDeletionGo } from './let-deletion-go.ts';
import { podReplaced } from './pod-replaced.ts';
import { putBack } from './put-back.ts';
import { undoInLab } from './undo-in-lab.ts';

/** How each kind of fault is undone, from what the ledger says of it; each returns what it did, and may be called again. */
export const healers = {
  'foreign-lock': removeLock,
  'held-deletion': letDeletionGo,
  'immutable-file': makeMutable,
  'killed-pod': podReplaced,
  lab: undoInLab,
  'stalled-server': letServerRun,
  'denied-deletion': allowDeletion,
  'patched-object': putBack,
  'read-only-backups': makeWritable,
} satisfies Record<string, (cluster: Cluster, data: unknown) => Promise<string>>;
