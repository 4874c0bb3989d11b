import { longhornResources as longhorn } from '../longhorn/resources.ts';
import type { PermissionRule } from './rule.ts';

/**
 * What scenarios do besides where Longhorn is asked for its support bundle, which comes through its user
 * interface's service.
 */
export const ofSupportBundles: readonly PermissionRule[] = [
  {
    place: 'longhorn',
    resource: longhorn.supportBundles,
    verbs: ['list', 'watch', 'create', 'delete'],
    seldom: 'asked where a scenario does not pass',
  },
];
