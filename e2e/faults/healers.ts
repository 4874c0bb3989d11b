import type { Cluster } from '../observe/cluster.ts';
import { letDeletionGo } from './let-deletion-go.ts';
import { putBack } from './put-back.ts';

/** How each kind of fault is undone, from what the ledger says of it; each returns what it did, and may be called again. */
export const healers = {
  'held-deletion': letDeletionGo,
  'patched-object': putBack,
} satisfies Record<string, (cluster: Cluster, data: unknown) => Promise<string>>;
