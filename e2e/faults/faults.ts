import { deniedDeletion } from './denied-deletion.ts';
import type { FaultKind } from './fault.ts';
import { heldDeletion } from './held-deletion.ts';
import { killedPod } from './killed-pod.ts';
import { lab } from './lab-faults.ts';
import { patchedObject } from './patched-object.ts';
import { storeFaults } from './store/store-faults.ts';

/** Every kind of fault, in the order in which a run's are undone: policies first, as they hold deletions up. */
const faults: readonly FaultKind[] = [
  deniedDeletion,
  ...storeFaults,
  heldDeletion,
  killedPod,
  patchedObject,
  lab,
];

/** Those that ledgers have under one name, by that name: they are healed in the same way. */
export const faultsByLedgerName: ReadonlyMap<string, readonly [FaultKind, ...FaultKind[]]> = Map.groupBy(
  faults,
  ({ ledgerName }) => ledgerName,
) as Map<string, [FaultKind, ...FaultKind[]]>;

/** The kind of fault that a ledger names; undefined for one that this version does not know. */
export const faultNamed = (ledgerName: string): FaultKind | undefined =>
  faultsByLedgerName.get(ledgerName)?.[0];
