import type { Operation } from './operations.ts';
import { withIds } from './with-ids.ts';

const again = 'It goes on by itself.';

/** The meanings of states without a message. They match the sentences of printed-states.ts. */
export const printedStates = withIds<Operation>({
  'target-without-url': {
    pattern: /^BackupTarget \S.{0,253} is available, and has no URL$/,
    failed:
      'The backup target has no URL, and is still called available: its status is older than the change',
    look: 'Look again after the next poll (pollInterval). Until it has a URL a backup fails; if the status stays so, it is longhorn/longhorn#13195.',
    retry: 'Longhorn looks at the backup target again at the next poll, or when it changes.',
  },
  'target-unset': {
    pattern: /^BackupTarget \S.{0,253} is not available, and has no URL$/,
    failed: 'There is no backup target yet: it has no URL',
    harmless:
      'Nothing, if you want no backups. Otherwise give it a URL and, if its store asks for one, a Secret.',
  },
  'target-unavailable': {
    pattern: /^BackupTarget \S.{0,253} is not available$/,
    failed: 'The backup target is not available, and has no condition that says why',
    look: 'It was not looked at yet (lastSyncedAt), or longhorn-manager does not get so far: look at its log for longhorn-backup-target, and again after the next poll. Before v1.6.2 a missing Secret is not reported here (longhorn/longhorn#8210).',
    retry: 'Longhorn looks at it again at the next poll.',
  },
  'target-available': {
    pattern: /^BackupTarget \S.{0,253} is available$/,
    failed: 'The backup target was reached when it was last looked at',
    harmless: 'Nothing.',
  },
  'waits-for-images': {
    pattern: /^SystemBackup \S.{0,253} is in the state CreatingBackingImageBackups$/,
    failed: 'The system backup waits for the backups of backing images',
    harmless:
      'Nothing, if they go on. One that stays InProgress (kubectl -n longhorn-system get backupbackingimages) holds the system backup up: delete that BackupBackingImage. Some never ended before v1.8.2 and v1.9.0 (longhorn/longhorn#10740).',
    retry: again,
  },
  'waits-for-volumes': {
    pattern: /^SystemBackup \S.{0,253} is in the state CreatingVolumeBackups$/,
    failed: 'The system backup waits for the backups of volumes',
    harmless: 'Nothing, if they go on: look at the Backups that are InProgress or Pending.',
    retry: again,
  },
  'volume-faulted': {
    pattern: /^Volume \S.{0,253} is faulted$/,
    failed: 'All replicas of the volume have failed (robustness faulted), so that it cannot be used',
    look: 'Look at the events and conditions of the volume, and at what its replicas met: a node or a disk that was lost, a restore that was given up. A restored or standby volume is restored anew; of another one Longhorn salvages a replica when its node is back (the setting auto-salvage).',
  },
  'volume-degraded': {
    pattern: /^Volume \S.{0,253} is degraded$/,
    failed: 'The volume has fewer whole replicas than it should (robustness degraded), and can be used',
    harmless:
      'Nothing, while a replica is rebuilt. If that never ends, look at the condition Scheduled of the volume and at the log of its engine.',
    retry: 'Longhorn rebuilds a replica when a node and a disk fit.',
  },
  'volume-whole': {
    pattern: /^Volume \S.{0,253} is (?:healthy|unknown)$/,
    failed: 'The volume is as it should be (robustness healthy; unknown while it is detached)',
    harmless: 'Nothing.',
  },
  'instance-manager-down': {
    pattern: /^InstanceManager \S.{0,253} is in the state (?:error|unknown|stopped)$/,
    failed: 'The instance manager does not run: the engines and replicas that ran in it count as failed',
    look: 'Look at its pod and its node: why it ended, or was never started.',
    retry: 'Longhorn makes the pod anew when it can, and starts or rebuilds what ran there.',
  },
  'instance-manager-runs': {
    pattern: /^InstanceManager \S.{0,253} is in the state (?:running|starting)$/,
    failed: 'The instance manager runs, or is being started',
    harmless: 'Nothing.',
  },
  'object-ended': {
    pattern: /^\w+ \S.{0,253} is in the state Error$/,
    failed: 'It has ended in the state Error, and is not tried again',
    look: 'The reason stands in its status (kubectl -n longhorn-system get KIND NAME -o yaml: conditions, error, messages). Once that is gone, delete it and make it anew.',
  },
  'object-done': {
    pattern: /^\w+ \S.{0,253} is in the state (?:Ready|Completed)$/,
    failed: 'It is done',
    harmless: 'Nothing.',
  },
  'object-under-way': {
    pattern: /^\w+ \S.{0,253} is in the state [A-Z]\w+$/,
    failed: 'It has not ended yet',
    harmless:
      'Nothing, if its state or its progress changes. If it stays, look at what it waits for, in its conditions and in the log of longhorn-manager.',
    retry: again,
  },
});
