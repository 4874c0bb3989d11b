import type { MessageRow, WrittenRow } from './row.ts';

const unavailable = {
  class: 'configuration',
  speaker: 'BackupTarget',
  fields: ['condition Unavailable'],
  states: ['True'],
} as const satisfies Partial<MessageRow>;

const snapshot = {
  speaker: 'Snapshot',
  fields: ['status.error'],
} as const satisfies Partial<MessageRow>;

const unscheduled = [
  ...['disk not found', 'node not found', 'disks are unavailable', 'nodes are unavailable'],
  ...['insufficient storage', 'tags not fulfilled', 'incompatible volume size', 'replica already scheduled'],
  ...['replica scheduling failed', 'precheck new replica failed', 'evict replica failed'],
  ...['longhorn client operation failed', 'unused failed replica is not supported'],
  ...['none of the node candidates contains a ready engine image'],
  ...['(?:hard affinity|linked clone replica|topology requirement) cannot be satisfied'],
  ...['failed to retrieve scheduling settings failed to retrieve'],
].join('|');

/**
 * Messages of backup targets and snapshots, and of volumes about replicas and snapshots. While a target is
 * unavailable, Longhorn accepts no new backup, and a deletion leaves the files in the store.
 */
export const surroundingMessages = {
  'replicas-not-scheduled': {
    speaker: 'Volume',
    fields: ['condition Scheduled'],
    states: ['False'],
    class: 'configuration',
    means: 'No place was found for a replica of the volume; the text has the reasons.',
    advice:
      'Look at space, tags and conditions of the disks and nodes (kubectl -n longhorn-system get nodes.longhorn.io); Longhorn tries again every 30 s.',
    pattern: new RegExp(`(?:precheck new replica failed: )?(?:${unscheduled})(?:; ?(?:${unscheduled}))*`),
    example: 'precheck new replica failed: nodes are unavailable;insufficient storage',
    seen: 'controller/volume_controller.go, source of v1.8.0 to v1.12.1 (with the words at the beginning from v1.10 on); not met',
  },
  'many-snapshots': {
    speaker: 'Volume',
    fields: ['condition TooManySnapshots'],
    states: ['True'],
    class: 'warning',
    means: 'The volume has more snapshots than is good for it.',
    advice:
      'Delete old ones; a recurring job of the task snapshot-cleanup, or one that retains few, keeps them few.',
    pattern:
      /Snapshots (?:count|total size) is \d+ (?:at or )?over the warning threshold \d+(?:; Snapshots total size is \d+ at or over the warning threshold \d+)?/,
    example: 'Snapshots count is 249 over the warning threshold 100',
    seen: 'longhorn/longhorn#7127; controller/volume_controller.go, source of v1.8.0 to v1.12.1',
  },
  'target-without-url': {
    ...unavailable,
    means: 'The backup target has no URL.',
    advice: 'Give it one, as nfs://SERVER:/PATH.',
    pattern: /backup target URL is empty/,
    example: 'backup target URL is empty',
    seen: 'controller/backup_target_controller.go, source of v1.12.1',
  },
  'target-without-secret': {
    ...unavailable,
    means: "The store's credentials are missing.",
    advice: "Make the secret in Longhorn's namespace and name it in the backup target.",
    wordings: [
      {
        pattern: /[\s\S]*could not access \S+ without credential secret/,
        example: 'could not access s3 without credential secret',
        seen: 'controller/backup_target_controller.go, source of v1.12.1; not met',
      },
      {
        pattern:
          /failed to init backup target clients: failed to get \S+ backup target client on \S+: secret "[^"]+" not found/,
        example:
          'failed to init backup target clients: failed to get t backup target client on longhorn-engine:v1.10.1: secret "s" not found',
        seen: 'controller/backup_target_controller.go, newBackupTargetClient, source of v1.8.0 to v1.10.1; since v1.10.2 only in the log; not met',
      },
    ],
  },
  'target-not-mounted': {
    ...unavailable,
    // The text also contains the command that listed the store, its log and its exit status.
    compared: 'within',
    means: 'The NFS export, or the CIFS share, cannot be mounted from a node.',
    advice:
      "Check server, path (of an export with fsid=0 as it is seen from there, often just /), squashing and the folder's mode; NFS 4 must be served. Of a share, user and password in the backup target's Secret.",
    wordings: [
      {
        pattern: /cannot mount nfs [\s\S]+: cannot mount using NFSv4/,
        example:
          'failed to list backups in nfs://store.default:/backups: failed to execute: longhorn [backup ls --volume-only nfs://store.default:/backups], output cannot mount nfs store.default:/backups, options []: vers=4.0: No such file or directory: cannot mount using NFSv4 , stderr, time="2022-04-02T07:26:26Z" level=error msg="..." , error exit status 1',
        seen: 'knowledge base, troubleshooting-unable-to-mount-an-nfs-backup-target; longhorn/longhorn#3576, #3805, #3810',
      },
      {
        pattern: /cannot mount CIFS share [\s\S]+?: mount failed: (?![\s\S]*\(16\))[\s\S]+/,
        example:
          'failed to list system backups in cifs://store.default/backups: failed to execute: longhorn [system-backup list cifs://store.default/backups], output cannot mount CIFS share store.default/backups, options [soft]: mount failed: exit status 32 Mounting command: mount Mounting arguments: -t cifs -o soft,<masked> //store.default/backups /mnt Output: mount error(13): Permission denied, stderr : exit status 1',
        seen: 'backupstore, cifs/cifs.go, source of v1.12.1; not met',
      },
    ],
  },
  // Both commands found the share not mounted, as after the start of a manager. The kernel refuses a second mount of
  // the same share at the same place (EBUSY). On NFS the next protocol version is tried, which is another mount.
  'target-mounted-meanwhile': {
    ...unavailable,
    class: 'transient',
    compared: 'within',
    means: 'Two commands of a longhorn-manager mounted the CIFS share at once, and this one came second.',
    advice: 'Nothing: it is mounted, and Longhorn looks again at the next poll.',
    pattern:
      /cannot mount CIFS share [\s\S]+?: mount failed: [\s\S]*mount error\(16\): Device or resource busy/,
    example:
      'failed to list system backups in cifs://store.default/backups: failed to execute: longhorn [system-backup list cifs://store.default/backups], output cannot mount CIFS share store.default/backups, options [soft]: mount failed: exit status 32 Mounting command: mount Mounting arguments: -t cifs -o soft,<masked> //store.default/backups /mnt Output: mount error(16): Device or resource busy, stderr : exit status 1',
    seen: 'backupstore, cifs/cifs.go, source of v1.12.1; met on the emulator alone',
  },
  'target-not-reached-yet': {
    ...unavailable,
    class: 'transient',
    means:
      'The manager does not reach its instance manager just now, by which it looks into the store; newer versions do not tell that of the target.',
    advice:
      'Nothing, if the target is available again within a minute; otherwise see what keeps that instance manager busy, or off the network.',
    wordings: [
      {
        versions: '>=1.8.0 <1.10.2',
        pattern: /failed to init backup target clients: failed to get engine client proxy: [\s\S]+/,
        example:
          'failed to init backup target clients: failed to get engine client proxy: failed to initialize proxy client for instance-manager-1cc9 IP 10.244.1.5: failed to check proxy client connection for instance-manager-1cc9 IP 10.244.1.5: rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial tcp 10.244.1.5:8501: i/o timeout"',
        seen: 'controller/backup_target_controller.go, getInfoFromBackupStore, and engineapi/proxy.go, source of v1.8.2, v1.9.3 and v1.10.1; not met',
      },
      {
        versions: '>=1.8.0 <1.9.2',
        pattern:
          /failed to init backup target clients: failed to get running instance manager for proxy client: [\s\S]+/,
        example:
          'failed to init backup target clients: failed to get running instance manager for proxy client: cannot find a running instance manager at n1',
        seen: 'controller/backup_target_controller.go, getBackupTarget, source of v1.8.1 to v1.9.1; not met',
      },
      {
        versions: '>=1.9.2 <1.10.2',
        pattern:
          /failed to init backup target clients: failed to find a running instance manager for node \S+: [\s\S]+/,
        example:
          'failed to init backup target clients: failed to find a running instance manager for node n1: none',
        seen: 'controller/backup_target_controller.go, getBackupTarget, source of v1.9.2 to v1.10.1; not met',
      },
    ],
  },
  'target-timed-out': {
    ...unavailable,
    class: 'transient',
    means:
      'The store was not listed within the time that a command has, as where the node or the store is slow.',
    advice:
      'Nothing, if the target is available again with the next poll; otherwise see whether the store answers.',
    wordings: [
      {
        pattern:
          /failed to list system backups in \S+: error listing system backup in \S+: timeout executing: \S+ \[\S+ system-backup list \S+\]/,
        example:
          'failed to list system backups in nfs://store.default:/backups: error listing system backup in nfs://store.default:/backups: timeout executing: /engine-binaries/longhorn [/engine-binaries/longhorn system-backup list nfs://store.default:/backups]',
        seen: 'a real v1.12.1 on a machine with load 28 (2026-11-26); exec/exec.go of go-common-libs, source of v1.8.0 and v1.12.1',
      },
      {
        versions: '>=1.8.0 <1.10.2',
        pattern:
          /failed to list backup volumes in \S+: error listing backup volume names: timeout executing: \S+ \[\S+ backup ls --volume-only \S+\]/,
        example:
          'failed to list backup volumes in nfs://store.default:/backups: error listing backup volume names: timeout executing: /engine-binaries/longhorn [/engine-binaries/longhorn backup ls --volume-only nfs://store.default:/backups]',
        seen: 'controller/backup_target_controller.go and engineapi/backups.go, source of v1.8.0 to v1.9.2; not met',
      },
    ],
  },
  'target-not-listed': {
    ...unavailable,
    means: 'The store could not be listed; the last words tell why, if the text is whole.',
    advice: 'See to the cause; Longhorn looks again at the next poll.',
    wordings: [
      {
        pattern:
          /failed to list (?:system backups|backup volumes|backups) in \S+: (?![\s\S]*(?:cannot mount|timeout executing))[\s\S]+/,
        example: 'failed to list system backups in nfs://store.default:/backups: denied',
        seen: 'controller/backup_target_controller.go, source of v1.12.1; not met',
      },
      {
        // Since v1.10.2 the condition contains only the error of the listing of system backups.
        versions: '>=1.8.0 <1.10.2',
        pattern:
          /failed to list (?:backup backing images|BackupVolumes) in \S+: (?![\s\S]*cannot mount)[\s\S]+/,
        example: 'failed to list backup backing images in nfs://store.default:/backups: denied',
        seen: 'controller/backup_target_controller.go, source of v1.8.0 to v1.10.1 ("BackupVolumes": v1.10.0 and v1.10.1); not met',
      },
    ],
  },
  'snapshot-waits-for-engine': {
    ...snapshot,
    class: 'transient',
    means: "The volume's engine does not run, or is being upgraded.",
    advice: 'Attach the volume, or wait for the upgrade.',
    wordings: [
      {
        pattern:
          /failed to take snapshot because the volume engine \S+ is not running\. Waiting for the volume to be attached/,
        example:
          'failed to take snapshot because the volume engine v-e-0 is not running. Waiting for the volume to be attached',
        seen: 'controller/snapshot_controller.go, source of v1.8.0 to v1.12.1; not met',
      },
      {
        versions: '>=1.11.0',
        pattern:
          /snapshot (?:creation delayed: volume engine \S+ is upgrading from image \S* to \S+|deletion delayed: volume engine \S+ is upgrading from image \S+ to \S+)/,
        example:
          'snapshot creation delayed: volume engine v-e-0 is upgrading from image  to longhorn-engine:v1.12.1',
        seen: 'controller/snapshot_controller.go, source of v1.11.0 to v1.12.1; not met',
      },
    ],
  },
  // An engine that does not run has no image in its status.
  'snapshot-stays-while-detached': {
    ...snapshot,
    class: 'warning',
    means: "The volume's engine does not run, and Longhorn takes it for one that is being upgraded.",
    advice: 'Attach the volume: the snapshot goes then; known bug snapshot-stays-while-detached.',
    versions: '>=1.11.0',
    pattern: /snapshot deletion delayed: volume engine \S+ is upgrading from image {2}to \S+/,
    example:
      'snapshot deletion delayed: volume engine v-e-0 is upgrading from image  to longhorn-engine:v1.12.1',
    seen: 'a real v1.12.1 (2026-11-26): a snapshot that a recurring job deleted after its volume was detached again, and, until its image was known, one whose engine had just started; controller/snapshot_controller.go, source of v1.11.0 to v1.12.1',
  },
  'snapshot-without-engine': {
    ...snapshot,
    class: 'transient',
    means:
      "The manager does not reach the volume's engine just now, by its instance manager, and tries again.",
    advice:
      'Nothing, if the snapshot becomes ready; otherwise see what keeps that instance manager busy, or off the network.',
    pattern: /failed to get engine client proxy: [\s\S]+/,
    example:
      'failed to get engine client proxy: failed to initialize proxy client for instance-manager-1cc9 IP 10.244.1.5: failed to check proxy client connection for instance-manager-1cc9 IP 10.244.1.5: rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial tcp 10.244.1.5:8501: i/o timeout"',
    seen: 'status.error of a snapshot that became ready later, on a real v1.12.1 on a busy machine (2026-11-23); engineapi/proxy.go, source of v1.8.0 to v1.12.1',
  },
  'snapshot-taken-before': {
    ...snapshot,
    class: 'transient',
    means:
      'An earlier attempt, whose answer came too late for the manager, has taken the snapshot: the engine refuses a second one of its name.',
    advice: 'Nothing, if the snapshot becomes ready; otherwise see what keeps the engine busy.',
    pattern: /[\s\S]*\bsnapshot \S+ is already existing[\s\S]*/,
    example:
      'proxyServer=10.244.3.5:8501 destination=10.244.3.5:10095: failed to snapshot volume: rpc error: code = Unknown desc = failed to create snapshot s for volume 10.244.3.5:10095: rpc error: code = Unknown desc = tcp://10.244.2.6:10094: failed to snapshot replica 10.244.2.6:10094 from remote: rpc error: code = Unknown desc = snapshot volume-snap-s.img is already existing',
    seen: 'status.error of a snapshot that became ready seconds later, on a real v1.10.2 on a busy machine (2026-11-30); longhorn-engine, pkg/controller/control.go, source of v1.8.0 to v1.12.1',
  },
  'snapshot-limit': {
    ...snapshot,
    class: 'failure',
    means: 'The volume has as many snapshots as its snapshotMaxCount allows.',
    advice: 'Delete and purge old snapshots, or raise snapshotMaxCount.',
    pattern: /[\s\S]*\bsnapshot count usage \d+ is equal or larger than snapshotMaxCount \d+/,
    example:
      'failed to create snapshot: proxyServer=10.42.3.7:8501 destination=10.42.3.7:10010: failed to snapshot volume: rpc error: code = Unknown desc = failed to create snapshot s for volume 10.42.3.7:10010: rpc error: code = Unknown desc = snapshot count usage 250 is equal or larger than snapshotMaxCount 250',
    seen: 'longhorn-engine, pkg/controller/control.go, source of v1.8.0 to v1.12.1; longhorn/longhorn#12934',
  },
  'snapshot-size-limit': {
    ...snapshot,
    class: 'failure',
    means: 'The snapshots of the volume would be larger than its snapshotMaxSize allows.',
    advice: 'Delete and purge old snapshots, or raise snapshotMaxSize.',
    pattern: /[\s\S]*\bsnapshot free space -?\d+ is not enough for head file \d+/,
    example:
      'failed to create snapshot: proxyServer=10.42.3.7:8501 destination=10.42.3.7:10010: failed to snapshot volume: rpc error: code = Unknown desc = failed to create snapshot s for volume 10.42.3.7:10010: rpc error: code = Unknown desc = snapshot free space 16777216 is not enough for head file 25169920',
    seen: 'longhorn-engine, pkg/controller/control.go, source of v1.12.1',
  },
  'snapshot-lost': {
    ...snapshot,
    class: 'warning',
    means: 'The engine has no such snapshot any more; backups made of it stay whole.',
    advice: 'Delete the snapshot; if nobody asked for its removal, look for what did.',
    pattern: /lost track of the corresponding snapshot info inside volume engine/,
    example: 'lost track of the corresponding snapshot info inside volume engine',
    seen: 'controller/snapshot_controller.go, source of v1.8.0 to v1.12.1; not met',
  },
} as const satisfies Record<string, WrittenRow>;
