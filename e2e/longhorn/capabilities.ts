/**
 * What scenarios may need and a cluster may lack. The keys are the names in the configuration of a run; the values
 * complete the sentence "a scenario needs ...".
 */
export const capabilities = {
  'block-device':
    'a block device, to write into a volume that was backed up; without iSCSI no volume of this cluster has one (longhorn#8158)',
  'volume-snapshots':
    'the VolumeSnapshots of CSI; without the snapshot controller and its kinds, this cluster has none',
} as const;

export type Capability = keyof typeof capabilities;

export const allCapabilities = Object.keys(capabilities) as readonly Capability[];
