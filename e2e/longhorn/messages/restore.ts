import { type MessageRow, managerLog, type WrittenRow } from './row.ts';

const replica = {
  speaker: 'Volume',
  fields: ['event Warning'],
  states: ['FailedRestore'],
} as const satisfies Partial<MessageRow>;
const seen = 'controller/volume_controller.go, source of v1.8.0 to v1.12.1; not met';

/** Messages about restores, and messages of a restore or a deletion about files missing in the store. */
export const restoreMessages = {
  'restore-lost-lock': {
    ...replica,
    class: 'failure',
    means:
      'The restore met the lock of a deletion on the same volume in the backup store, and is not tried again: the volume, also one on standby, is faulted for good.',
    advice:
      'Remove the volume, wait for the deletion to end, and restore anew. v1.11.4, v1.12.2 and v1.13.0 try again by themselves.',
    pattern:
      /replica \S+ failed the restore: [\s\S]*failed to acquire lock \S+ when performing backup create\/restore, please try again later[\s\S]*/,
    example:
      'replica v-r-1 failed the restore: tcp://10.42.0.7:10000: failed to restore backup data nfs://store:/path?backup=b1&volume=v to snapshot file volume-snap-7d6f7414.img: rpc error: code = Unknown desc = error starting backup restore: error initiating full backup restore: failed to acquire lock backupstore/volumes/8b/8e/v/locks/lock-1.lck when performing backup create/restore, please try again later',
    seen: 'longhorn/longhorn#13685 (v1.12.0, a standby volume); controller/engine_controller.go, source of v1.8.0 to v1.12.1',
  },
  'restore-waits-for-lock': {
    ...managerLog,
    class: 'transient',
    means: 'The restore met the lock of a deletion on the same volume in the backup store.',
    advice: 'Wait: Longhorn tries again, after 10 s at first and after an hour at most.',
    versions: '>=1.11.4 <1.12.0 || >=1.12.2',
    pattern: /Ignored failed locked restore error from replica/,
    example: 'Ignored failed locked restore error from replica tcp://10.42.0.7:10000',
    seen: 'controller/engine_controller.go, source of v1.12.1, where the words of the store are not known; longhorn/longhorn#13685',
  },
  'restore-damaged': {
    ...replica,
    class: 'failure',
    means:
      'What was read of a block of the backup is not what was written: it is damaged in the store, or was on the way.',
    advice:
      'Check the store from another machine (`npx corral store fsck`), and restore on another node; if both fail, from another backup.',
    wordings: [
      {
        pattern: /replica \S+ failed the restore: [\s\S]*checksum verification failed for block[\s\S]*/,
        example:
          'replica v-r-1 failed the restore: tcp://10.42.0.7:10000: checksum verification failed for block 1e2f',
        seen,
      },
      {
        pattern:
          /replica \S+ failed the restore: [\s\S]*failed to decompress and verify block [\s\S]*: (?:lz4|gzip|zlib|flate): [\s\S]*/,
        example:
          'replica v-r-1 failed the restore: failed to wait for restore complete: failed to decompress and verify block backupstore/volumes/8b/8e/v/blocks/1e/2f/1e2f.blk with checksum 1e2f: lz4: bad magic number',
        seen: 'backupstore, util.go and deltablock.go; as the decompressors of Go word it; not met',
      },
    ],
  },
  'restore-without-block': {
    ...replica,
    class: 'failure',
    means: 'A block of the backup that is restored is missing in the store.',
    advice:
      'Restore from another backup, and look for who removed it (`npx corral store fsck` names all that are missing).',
    pattern:
      /replica \S+ failed the restore: [\s\S]*failed to read block [\s\S]*(?:\bNoSuchKey\b|: no such file or directory)[\s\S]*/,
    example:
      'replica v-r-1 failed the restore: failed to wait for restore complete: failed to decompress and verify block backupstore/volumes/8b/8e/v/blocks/1e/2f/1e2f.blk with checksum 1e2f: failed to read block backupstore/volumes/8b/8e/v/blocks/1e/2f/1e2f.blk: open /mnt/backupstore/volumes/8b/8e/v/blocks/1e/2f/1e2f.blk: no such file or directory',
    seen: 'backupstore, util.go, s3/s3_service.go and fsops.go; not met',
  },
  'restore-not-read': {
    ...replica,
    class: 'failure',
    means:
      'A block of the backup could not be read during the restore. Nothing shows that the block is damaged.',
    advice: 'See to the cause that stands behind it, then restore anew.',
    pattern:
      /replica \S+ failed the restore: [\s\S]*failed to read block (?![\s\S]*(?:\bNoSuchKey\b|: no such file or directory|: (?:lz4|gzip|zlib|flate): ))[\s\S]*/,
    example:
      'replica v-r-1 failed the restore: failed to wait for restore complete: failed to decompress and verify block backupstore/volumes/8b/8e/v/blocks/1e/2f/1e2f.blk with checksum 1e2f: failed to read block backupstore/volumes/8b/8e/v/blocks/1e/2f/1e2f.blk: denied',
    seen: 'backupstore, util.go; not met',
  },
  'restore-folder-made-twice': {
    ...replica,
    class: 'transient',
    means:
      'Two replicas made the same folder for their locks at once, and one of them did not see yet that the other had: its restore failed. Its data are restored anew once the others are.',
    advice: 'Nothing, if the volume becomes healthy. If all its replicas failed so, restore anew.',
    pattern: /replica \S+ failed the restore: [\s\S]*mkdir \S+\/locks: file exists[\s\S]*/,
    example:
      'replica v-r-1 failed the restore: tcp://10.42.0.7:10000: failed to restore backup data nfs://store:/path?backup=b1&volume=v to snapshot file volume-snap-7d6f7414.img: rpc error: code = Unknown desc = error starting backup restore: error initiating full backup restore: mkdir /var/lib/longhorn-backupstore-mounts/store/path/backupstore/volumes/83/9a/v/locks: file exists',
    seen: 'v1.12.1 on NFS, a standby volume with two replicas (2026-11-27); not reported to Longhorn',
  },
  'restore-given-up': {
    speaker: 'Volume',
    fields: ['condition Restore'],
    states: ['False'],
    class: 'failure',
    means: 'The restore failed on all replicas: it was given up, and the volume is Faulted.',
    advice:
      "Look at the volume's events with the reason FailedRestore, which have the cause; then restore anew.",
    pattern: /All replica restore failed and the volume became Faulted/,
    example: 'All replica restore failed and the volume became Faulted',
    seen: 'controller/volume_controller.go, source of v1.8.0 to v1.12.1; not met',
  },
  'restore-without-backup': {
    ...replica,
    class: 'failure',
    means: 'The store does not have the backup that is to be restored, or not all of it.',
    advice: 'Restore from another backup; look for who removed its files.',
    pattern: /replica \S+ failed the restore: [\s\S]*cannot find [\s\S]+ in backupstore[\s\S]*/,
    example:
      'replica v-r-1 failed the restore: tcp://10.42.0.7:10000: cannot find backupstore/volumes/8b/8e/v/backups/backup_b1.cfg in backupstore',
    seen,
  },
  'restore-other-block-size': {
    ...replica,
    class: 'failure',
    means:
      'The next backup of the source of a volume on standby has blocks of another size than the one that it has restored: the volume is faulted for good.',
    advice: 'Make a new volume on standby from the newest backup.',
    versions: '>=1.10.0',
    pattern: /replica \S+ failed the restore: [\s\S]*backup block size is changed from \d+ to \d+[\s\S]*/,
    example:
      'replica v-r-1 failed the restore: tcp://10.42.0.7:10000: failed to restore backup data nfs://store:/path?backup=b2&volume=v to snapshot file volume-snap-7d6f7414.img: rpc error: code = Unknown desc = error starting backup restore: error initiating incremental backup restore: backup block size is changed from 2097152 to 16777216',
    seen: 'backupstore, deltablock.go, RestoreDeltaBlockBackupIncrementally, source of v1.10.0 to v1.12.1; not met',
  },
  'restore-of-odd-size': {
    ...replica,
    class: 'failure',
    means:
      'The blocks of the backup that is restored do not divide the size that its volume has had with its last backup: the restore is given up.',
    advice:
      'Grow the volume that was backed up under this name to a multiple of the block size, back it up, and restore anew.',
    versions: '>=1.10.0',
    pattern:
      /replica \S+ failed the restore: [\s\S]*volume size \d+ is not a multiple of block size \d+[\s\S]*/,
    example:
      'replica v-r-1 failed the restore: tcp://10.42.0.7:10000: failed to restore backup data nfs://store:/path?backup=b1&volume=v to snapshot file volume-snap-7d6f7414.img: rpc error: code = Unknown desc = error starting backup restore: error initiating full backup restore: volume size 69206016 is not a multiple of block size 16777216',
    seen: 'backupstore, deltablock.go, RestoreDeltaBlockBackup, source of v1.10.0 to v1.12.1; met on v1.12.1',
  },
  'restore-config-spoilt': {
    ...replica,
    class: 'failure',
    means: 'The config of the backup that is restored, or of its volume, cannot be read, or is not finished.',
    advice: 'Restore from another backup, and check the store (`npx corral store fsck`).',
    pattern:
      /replica \S+ failed the restore: [\s\S]*failed to get the current restoring backup info: (?![\s\S]*cannot find)[\s\S]+/,
    example:
      'replica v-r-1 failed the restore: tcp://10.42.0.7:10000: failed to get the current restoring backup info: EOF',
    seen: 'longhorn-engine, pkg/sync/backup.go, source of v1.8.2 to v1.12.1 and of 2026-08; backupstore, config.go; not met',
  },
  'restore-status-unread': {
    ...replica,
    class: 'warning',
    means: 'The process that restores a replica was not reached when it was asked how far it is.',
    advice:
      'Look at the instance manager of that replica: its process has ended, or is not reached. Where others go on, the volume is restored.',
    pattern: /replica \S+ failed the restore: Failed to get restoring status on [\s\S]+/,
    example:
      'replica v-r-1 failed the restore: Failed to get restoring status on tcp://10.42.0.7:10000: failed to get restore status: rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial tcp 10.42.0.7:10002: connect: connection refused"',
    seen: 'longhorn-engine, pkg/sync/backup.go, source of v1.12.1; met on a whole real v1.12.1',
  },
  'store-lacks-volume': {
    ...managerLog,
    class: 'failure',
    means: 'The store has no volume.cfg of a volume of which a backup was to be deleted: its blocks stay.',
    advice: 'Look for who removed it; Longhorn takes the backup for deleted.',
    pattern: /cannot find (?:volume|\S+) in backupstore/,
    example: 'cannot find volume in backupstore: no such file or directory',
    seen: 'backupstore, deltablock.go and config.go; not met',
  },
  'deletion-waits-for-restore': {
    ...managerLog,
    class: 'informational',
    means: 'The backup is not deleted while a volume is restored from it.',
    advice: 'Nothing: it is deleted once the restore is over.',
    pattern: /backup \S+ cannot be deleted due to the ongoing volume \S+ restoration/,
    example: 'backup b1 cannot be deleted due to the ongoing volume w restoration',
    seen: 'controller/backup_controller.go, source of v1.8.0 to v1.12.1; not met',
  },
} as const satisfies Record<string, WrittenRow>;
