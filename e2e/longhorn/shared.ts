/**
 * What all users of one Longhorn share. A scenario may need exclusive use of it. The values are the descriptions in
 * messages.
 */
export const sharedThings = {
  'default-backup-target': 'the default backup target',
  'longhorn-managers': 'the longhorn-manager pods',
  'engine-binaries': "the engine's binaries on the nodes",
  'cluster-settings': "Longhorn's settings",
  nodes: 'the nodes of the cluster',
} as const;

export type SharedThing = keyof typeof sharedThings;

/**
 * What every scenario uses all the time. The default backup target is not included: each scenario has its own target.
 * A scenario with exclusive use of one of these runs alone on its Longhorn.
 */
export const usedByAll: readonly SharedThing[] = [
  'longhorn-managers',
  'engine-binaries',
  'cluster-settings',
  'nodes',
];
