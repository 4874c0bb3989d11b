import type { Danger } from '../longhorn/dangers.ts';
import type { Fault, Faults } from './fault.ts';

/** What others on the cluster could feel of each kind of fault; those that stay within the scenario's own store are not here. */
const dangerOf: Partial<Record<Fault['kind'], Danger>> = {
  'killed-pod': 'manager-kill',
  'held-deletion': 'process-hold',
  'read-only-backups': 'manager-mount',
  'stalled-server': 'store-stall',
  'denied-deletion': 'admission-policy',
  'patched-object': 'settings',
  lab: 'node-fault',
};

/** Faults that refuse what the scenario does not declare among its dangers: it could not have been skipped where that is not allowed. */
export const onlyDeclared = (faults: Faults, declared: readonly Danger[]): Faults => ({
  ...faults,
  inject: async (fault) => {
    const danger = dangerOf[fault.kind];
    if (danger !== undefined && !declared.includes(danger))
      throw new Error(`the scenario does not declare the danger ${danger}, and does this: ${fault.title}`);
    return faults.inject(fault);
  },
});
