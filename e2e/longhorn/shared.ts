/**
 * What the users of one Longhorn share, so that a scenario may need it for itself alone; what each is called
 * in sentences.
 */
export const sharedThings = {
  'default-backup-target': 'the default backup target',
  'longhorn-managers': 'the longhorn-manager pods',
  'engine-binaries': "the engine's binaries on the nodes",
  'cluster-settings': "Longhorn's settings",
  nodes: 'the nodes of the cluster',
} as const;

/** The name of something that all share. */
export type SharedThing = keyof typeof sharedThings;

/**
 * What every scenario uses all the time; the default backup target only those use that ask for it, as each
 * has a target of its own. A scenario that has one of these alone has Longhorn alone.
 */
export const usedByAll: readonly SharedThing[] = [
  'longhorn-managers',
  'engine-binaries',
  'cluster-settings',
  'nodes',
];
