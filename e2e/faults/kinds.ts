import { allowDeletion } from './denied-deletion.ts';
import type { FaultKind, KindName } from './fault.ts';
import { letDeletionGo } from './held-deletion.ts';
import { podReplaced } from './killed-pod.ts';
import { undoInLab } from './lab-faults.ts';
import { putBack } from './patched-object.ts';
import { storeFaults } from './store-faults.ts';

/**
 * Every kind of fault: how one is undone (which may be done again), and who else could feel it. Policies come
 * first, as they hold deletions up.
 */
export const kinds = {
  'denied-deletion': allowDeletion,
  ...storeFaults,
  'held-deletion': letDeletionGo,
  'killed-pod': podReplaced,
  'patched-object': putBack,
  lab: undoInLab,
} as const satisfies Record<KindName, FaultKind>;
