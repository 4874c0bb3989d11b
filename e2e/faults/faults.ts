import { defaultTargetChanged } from './default-target.ts';
import { deniedDeletion } from './denied-deletion.ts';
import { engineBinaryRemoved } from './engine-binary-removed.ts';
import type { FaultKind } from './fault.ts';
import { heldDeletion } from './held-deletion.ts';
import { instanceManagerDeleted } from './instance-manager-deleted.ts';
import { killedPod } from './killed-pod.ts';
import { labFaultKind } from './lab-faults.ts';
import { patchedObject } from './patched-object.ts';
import { replicaKilled } from './replica-killed.ts';
import { storeFaults } from './store/store-faults.ts';
import { uninstallation } from './uninstallation.ts';

/**
 * All kinds of faults, in the order in which the faults of a run are undone. Policies come first, because they block
 * deletions.
 */
const faults: readonly FaultKind[] = [
  deniedDeletion,
  ...storeFaults,
  heldDeletion,
  killedPod,
  instanceManagerDeleted,
  engineBinaryRemoved,
  replicaKilled,
  uninstallation,
  patchedObject,
  defaultTargetChanged,
  labFaultKind,
];

/** The kinds of faults by ledger name. Kinds with the same ledger name share one heal. */
export const faultsByLedgerName: ReadonlyMap<string, readonly [FaultKind, ...FaultKind[]]> = Map.groupBy(
  faults,
  ({ ledgerName }) => ledgerName,
) as Map<string, [FaultKind, ...FaultKind[]]>;

/** The kind of fault with a ledger name. Undefined if this version does not know the name. */
export const faultNamed = (ledgerName: string): FaultKind | undefined =>
  faultsByLedgerName.get(ledgerName)?.[0];
