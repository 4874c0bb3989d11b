import type { Cluster } from '../kube/cluster.ts';
import { allowDeletion } from './allow-deletion.ts';
import { letDeletionGo } from './let-deletion-go.ts';
import { letServerRun } from './let-server-run.ts';
import { makeMutable } from './make-mutable.ts';
import { makeWritable } from './make-writable.ts';
import { podReplaced } from './pod-replaced.ts';
import { putBack } from './put-back.ts';
import { removeLock } from './remove-lock.ts';
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
