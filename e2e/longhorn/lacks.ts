/**
 * What a cluster may lack that scenarios use, by the name that a run's configuration knows; what a scenario
 * needs that needs it.
 */
export const lacks = {
  'block-device':
    'a block device, to write into a volume that was backed up; without iSCSI no volume of this cluster has one (longhorn#8158)',
} as const;

/** The name of something that a cluster may lack. */
export type Lack = keyof typeof lacks;

/** Every one of them. */
export const allLacks = Object.keys(lacks) as readonly Lack[];
