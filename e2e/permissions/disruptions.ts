import { resources } from '../kube/resources.ts';
import type { Disruption } from '../longhorn/disruptions.ts';
import { longhornResources as longhorn } from '../longhorn/resources.ts';
import type { PermissionRule } from './rule.ts';

/** What scenarios do only where that disruption is allowed. */
export const ofDisruptions: Record<Disruption, readonly PermissionRule[]> = {
  'manager-kill': [{ place: 'longhorn', resource: resources.pods, verbs: ['delete'] }],
  // An exec into the manager pods, as it is needed without it.
  'process-hold': [],
  // The mount itself is made by an exec into the manager pods, as it is needed without it.
  'manager-mount': [
    {
      place: 'longhorn',
      resource: longhorn.settings,
      verbs: ['get'],
      names: ['default-control-path', 'default-engine-image'],
    },
  ],
  // An exec into the store's pod.
  'store-stall': [],
  // By a change of the scenario's own target, as it is needed without it.
  unmount: [],
  'admission-policy': [
    { place: 'cluster', resource: resources.validatingAdmissionPolicies, verbs: ['create', 'delete'] },
    { place: 'cluster', resource: resources.validatingAdmissionPolicyBindings, verbs: ['create', 'delete'] },
  ],
  settings: [
    {
      place: 'longhorn',
      resource: longhorn.settings,
      verbs: ['get', 'patch'],
      names: ['allow-recurring-job-while-volume-detached'],
    },
  ],
  // No scenario changes it yet.
  'default-target': [],
  // Asked of the lab, not of Kubernetes.
  'node-fault': [],
};
