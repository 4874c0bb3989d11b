import { resources } from '../kube/resources.ts';
import { longhornResources as longhorn } from '../longhorn/resources.ts';
import type { PermissionRule } from './rule.ts';

/** What scenarios do in Longhorn's namespace whatever they are about. */
export const base: readonly PermissionRule[] = [
  { place: 'longhorn', resource: longhorn.settings, verbs: ['get'], names: ['current-longhorn-version'] },
  { place: 'longhorn', resource: longhorn.nodes, verbs: ['list'] },
  { place: 'longhorn', resource: longhorn.volumes, verbs: ['list', 'watch', 'create', 'patch', 'delete'] },
  { place: 'longhorn', resource: longhorn.volumeAttachments, verbs: ['list', 'watch', 'patch'] },
  { place: 'longhorn', resource: longhorn.engines, verbs: ['list', 'watch'] },
  {
    place: 'longhorn',
    resource: longhorn.replicas,
    verbs: ['list'],
    seldom: 'read where a volume does not come, or does not go',
  },
  { place: 'longhorn', resource: longhorn.snapshots, verbs: ['list', 'watch', 'create', 'delete'] },
  { place: 'longhorn', resource: longhorn.backups, verbs: ['list', 'watch', 'create', 'patch', 'delete'] },
  { place: 'longhorn', resource: longhorn.backupVolumes, verbs: ['list', 'watch', 'delete'] },
  {
    place: 'longhorn',
    resource: longhorn.backupVolumes,
    verbs: ['patch'],
    seldom: 'only where Longhorn is to look at one volume of a store alone',
  },
  { place: 'longhorn', resource: longhorn.backupTargets, verbs: ['list', 'watch', 'create', 'delete'] },
  {
    place: 'longhorn',
    resource: longhorn.backupTargets,
    verbs: ['patch'],
    seldom: 'only where volumes have no block device, or where the store is to fail',
  },
  { place: 'longhorn', resource: resources.pods, verbs: ['list', 'watch'] },
  // Data get into a volume by way of its block device, which the manager pods see.
  { place: 'longhorn', resource: resources.pods, subresource: 'exec', verbs: ['get', 'create'] },

  // Recurring jobs: Longhorn makes a CronJob of each, whose runs are started and read.
  {
    place: 'longhorn',
    resource: longhorn.recurringJobs,
    verbs: ['list', 'watch', 'create', 'patch', 'delete'],
  },
  { place: 'longhorn', resource: resources.cronJobs, verbs: ['list', 'watch', 'patch'] },
  { place: 'longhorn', resource: resources.jobs, verbs: ['list', 'watch', 'create'] },
  { place: 'longhorn', resource: resources.pods, subresource: 'log', verbs: ['get'] },
  { place: 'longhorn', resource: resources.events, verbs: ['list', 'watch'] },

  // Longhorn's user interface, where a browser is at hand.
  { place: 'longhorn', resource: resources.services, verbs: ['get'], names: ['longhorn-frontend'] },
  { place: 'longhorn', resource: resources.pods, subresource: 'portforward', verbs: ['get', 'create'] },
];
