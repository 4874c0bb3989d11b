/**
 * What all users of one Longhorn share. A scenario may need exclusive use of it. The values are the descriptions in
 * messages.
 */
export const sharedResources = {
  'default-backup-target': 'the default backup target',
  'longhorn-managers': 'the longhorn-manager pods',
  'engine-binaries': "the engine's binaries on the nodes",
  'cluster-settings': "Longhorn's settings",
  nodes: 'the nodes of the cluster',
  'all-volumes': 'the volumes of all scenarios',
} as const;

export type SharedResource = keyof typeof sharedResources;

/**
 * What every scenario uses all the time. The default backup target is not included: each scenario has its own target.
 * A scenario with exclusive use of one of these runs alone on its Longhorn.
 */
export const usedByEveryScenario: readonly SharedResource[] = [
  'longhorn-managers',
  'engine-binaries',
  'cluster-settings',
  'nodes',
  'all-volumes',
];
