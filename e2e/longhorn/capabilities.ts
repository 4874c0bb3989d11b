/**
 * What a cluster may not have that scenarios use, by the name that a run's configuration knows; what a scenario
 * needs that needs it.
 */
export const capabilities = {
  'block-device':
    'a block device, to write into a volume that was backed up; without iSCSI no volume of this cluster has one (longhorn#8158)',
} as const;

/** The name of something that a cluster may not have. */
export type Capability = keyof typeof capabilities;

/** Every one of them. */
export const allCapabilities = Object.keys(capabilities) as readonly Capability[];
