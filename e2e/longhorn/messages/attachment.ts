import type { MessageRow, WrittenRow } from './row.ts';

const pod = {
  speaker: 'Pod',
  fields: ['event Warning'],
  compared: 'within',
  class: 'configuration',
} as const satisfies Partial<MessageRow>;

/** Messages about volumes that cannot be used. They are not about backups, but such a volume cannot be backed up. */
export const attachmentMessages = {
  'attach-not-scheduled': {
    ...pod,
    states: ['FailedAttachVolume'],
    means: 'The volume is not attached: not every replica of it has found a place on a disk.',
    advice: 'Ask for no more replicas than there are nodes, or make room on the disks.',
    versions: '*',
    pattern: /volume \S+ not scheduled/,
    example:
      'AttachVolume.Attach failed for volume "pvc-1" : rpc error: code = Internal desc = volume pvc-1 not scheduled',
    seen: 'knowledge base, troubleshooting-volume-pvc-xxx-not-scheduled',
  },
  'mount-claimed': {
    ...pod,
    states: ['FailedMount'],
    means: "Somebody else has claimed the volume's block device, mostly multipathd.",
    advice: "Keep multipathd off the nodes' sd devices.",
    versions: '*',
    pattern: /is already mounted or mount point busy/,
    example:
      'MountVolume.SetUp failed for volume "pvc-1" : mount: /dev/longhorn/pvc-1 is already mounted or mount point busy.',
    seen: 'knowledge base, troubleshooting-volume-with-multipath',
  },
  'two-engines': {
    speaker: 'manager',
    fields: ['log warning', 'log error'],
    compared: 'within',
    class: 'failure',
    means:
      'A migration was cut short and left the volume with two engines that both count as the active one.',
    advice: 'Follow the article of the knowledge base (longhorn/longhorn#6642).',
    versions: '*',
    pattern: /BUG: found the second active engine \S+ besides \S+/,
    example:
      'failed to reconcile engine/replica state for v: BUG: found the second active engine v-e-1 besides v-e-0',
    seen: 'knowledge base, troubleshooting-two-active-engines; longhorn/longhorn#6642',
  },
} as const satisfies Record<string, WrittenRow>;
