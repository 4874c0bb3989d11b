import type { BugRow } from './bug.ts';

const tried =
  'the engine of v1.12.1 as an ordinary user, on a copy of a store that it had written (two backups, six blocks)';
const whole = `a whole real v1.12.1 (2026-11-22); ${tried}`;
const live = `a whole real v1.8.2 and ${whole}`;

const remove = 'longhorn backup rm "vfs://$STORE?backup=$FIRST&volume=$VOLUME"; echo "exit code $?"';
const enter = 'cd "$STORE"/backupstore/volumes/*/*/"$VOLUME"';
const engine = 'longhorn --url 127.0.0.1:10020 --volume-name "$VOLUME"';
const countBlocks = "find blocks -name '*.blk' | wc -l";

/** The bugs of Longhorn's backup store library. The engine's commands and the longhorn-managers both use it. */
export const storeBugs = {
  'deletion-destroys-other-backups': {
    title: 'One deletion destroys the data of every other backup of the volume while they cannot be listed',
    severity: 'data loss',
    promise: 'the deletion of a backup leaves every other backup of its volume whole',
    happens:
      'a folder backups/ that cannot be listed is taken for an empty one, twice, and two empty lists are equal: every block of the volume counts as unused and is removed; the command succeeds, and the other backups stay Completed',
    symptoms: [{ of: 'store', findings: ['block-missing'], also: ['block-count-wrong'] }],
    commands: [
      enter,
      countBlocks,
      'chmod 0300 backups',
      remove,
      'chmod 0700 backups',
      'ls backups',
      countBlocks,
    ],
    source:
      'backupstore, config.go, getBackupNamesForVolume, called twice by DeleteDeltaBlockBackup in deltablock.go; the same up to its newest source (2026-08)',
    seen: live,
  },
  'stored-data-counts-small-blocks': {
    title: 'A backup volume with blocks of 16 MiB reports an eighth of the data that the store has of it',
    severity: 'misleading',
    versions: '>=1.10.0',
    promise: 'a backup volume reports how much data the store has of it',
    happens: 'the number of stored blocks is multiplied by 2 MiB, whatever size they have',
    symptoms: [{ of: 'history', kind: 'BackupVolume', state: 'with too little data' }],
    steps: [
      'Make a volume with backupBlockSize 16777216, write 48 MiB of random data, and back it up.',
      'kubectl -n longhorn-system get backupvolumes -o yaml: status.dataStored is "6291456", an eighth of 50331648.',
    ],
    source:
      'backupstore, inspect.go, fillVolumeInfo, DataStored: BlockCount * DEFAULT_BLOCK_SIZE; the same up to its newest source (2026-08)',
    seen: 'the engine of v1.12.1 as an ordinary user, on a store with three blocks of 16 MiB: inspect-volume says 6291456; so did the BackupVolume of a whole real v1.12.1 (2026-11-28), NFS',
  },
  'lock-fails-open': {
    title: 'A lock that is empty or cannot be read is no lock',
    severity: 'data loss',
    promise: 'a deletion does not go on beside a lock of an upload that it cannot read',
    happens:
      'locks that cannot be loaded are left out, be they empty or unreadable, and a folder locks/ that cannot be listed has none: the deletion goes through beside the upload',
    symptoms: [
      { of: 'history', kind: 'Backup', state: 'Deleting', gone: true },
      { of: 'store', findings: ['block-missing'], also: ['block-count-wrong', 'last-backup-missing'] },
    ],
    commands: [
      enter,
      'mkdir -p locks',
      'printf \'{"Name":"lock-0123456789abcdef","Type":1,"Acquired":true}\' > locks/lock-0123456789abcdef.lck',
      `${remove} # refused, as it must be`,
      ': > locks/lock-0123456789abcdef.lck',
      `${remove} # goes through`,
    ],
    source: 'backupstore, lock.go, getLocksForVolume; the same up to its newest source (2026-08)',
    seen: `the engine of v1.8.2; ${whole}; with a lock that is empty, and with one for which a bucket's server answers InternalError, a whole real v1.12.1`,
  },
  'unlistable-store-is-empty': {
    title: 'A store of which the volumes, or the backups of one, cannot be listed is taken for an empty one',
    severity: 'objects lost',
    // On CIFS an unlistable folder can be opened, and its listing fails with another error.
    notOn: ['cifs'],
    promise: 'backups stay in Longhorn while their store cannot be listed',
    happens:
      'an error "cannot open directory" is dropped, and of backups any error: the list is empty and the command succeeds; longhorn-manager then deletes the objects of completed backups, which come back with a later sync',
    symptoms: [
      { of: 'history', kind: 'Backup', state: 'Completed', gone: true },
      { of: 'command', exitCode: 0, prints: /^\s*\{\s*\}\s*$/ },
    ],
    commands: [
      'cd "$STORE"/backupstore',
      'chmod 0300 volumes',
      'longhorn backup ls "vfs://$STORE"; echo "exit code $?"',
      'chmod 0700 volumes',
    ],
    source:
      'backupstore, fsops/fsops.go, List, and config.go, getBackupNamesForVolume; the same up to its newest source (2026-08)',
    seen: `${live}; the backups of a volume alone, a whole real v1.12.1`,
  },
  'unreadable-config-is-gone': {
    title: 'A config that cannot be looked at does not exist for Longhorn',
    severity: 'objects lost',
    promise: 'a Backup that is deleted goes only when its files have gone',
    happens:
      'an error of the look at the file counts as "no such file": the backup "cannot be found", its deletion counts as done, the Backup goes, and its files stay',
    symptoms: [
      { of: 'store', findings: [], also: ['last-backup-missing'], left: true },
      { of: 'history', kind: 'Backup', state: 'Deleting', gone: true },
      { of: 'command', exitCode: 1, prints: /cannot find .* in backupstore/ },
    ],
    commands: [
      enter,
      'chmod 0600 backups',
      'longhorn backup inspect "vfs://$STORE?backup=$FIRST&volume=$VOLUME"; echo "exit code $?"',
      'chmod 0700 backups',
      'ls backups',
    ],
    source:
      'backupstore, fsops/fsops.go, FileSize, by LoadConfigInBackupStore in config.go; the same up to its newest source (2026-08)',
    seen: whole,
  },
  'config-removed-without-volume-cfg': {
    title: 'With volume.cfg missing, a deletion removes the config of the backup and then fails',
    severity: 'misleading',
    promise: 'a deletion that fails leaves the backup as it was, or can be tried again',
    happens:
      'the config is removed before volume.cfg is read: the command fails, the backup is gone, and its blocks stay for ever',
    symptoms: [
      {
        of: 'store',
        findings: ['block-orphaned'],
        also: ['volume-config-missing', 'last-backup-missing', 'block-count-wrong'],
      },
      { of: 'command', exitCode: 1, prints: /cannot find volume in backupstore/ },
    ],
    commands: [enter, 'mv volume.cfg ..', remove, 'mv ../volume.cfg .', 'ls backups', countBlocks],
    source: 'backupstore, deltablock.go, DeleteDeltaBlockBackup; the same up to its newest source (2026-08)',
    seen: tried,
  },
  'unlistable-blocks-are-unknown': {
    title: 'A deletion beside blocks that cannot be listed removes none, counts none, and succeeds',
    severity: 'silent',
    promise: 'a deletion that cannot look at the blocks says so',
    happens:
      'a folder blocks/ that cannot be listed is taken for an empty one: no block is removed, volume.cfg says that there are 0, and the command succeeds',
    symptoms: [{ of: 'store', findings: ['block-count-wrong'], also: ['block-orphaned'] }],
    commands: [enter, 'chmod 0300 blocks', remove, 'chmod 0700 blocks', countBlocks, 'cat volume.cfg'],
    source:
      'backupstore, deltablock.go, getBlockNamesForVolume, and fsops/fsops.go, List; the same up to its newest source (2026-08)',
    seen: `a whole real v1.12.1; ${tried}`,
  },
  'unreadable-neighbour-keeps-blocks': {
    title: 'A deletion beside a backup whose config cannot be read removes no block, and succeeds',
    severity: 'silent',
    promise: 'a deletion that leaves blocks behind says so',
    happens:
      'not knowing what the other backup needs, it rightly removes no block; only its log says so, the command succeeds, and the blocks stay until another deletion of the volume ends',
    symptoms: [{ of: 'store', findings: ['block-orphaned'], also: ['last-backup-missing'] }],
    commands: [
      enter,
      'chmod 0 backups/backup_"$SECOND".cfg',
      remove,
      'chmod 0600 backups/backup_"$SECOND".cfg',
      countBlocks,
    ],
    source: 'backupstore, deltablock.go, DeleteDeltaBlockBackup; v1.12.1',
    seen: 'a whole real v1.12.1, with an empty config; npx corral store matrix on the engine of v1.12.1 (2026-11-22)',
  },
  'unread-volume-cfg-ends-replica': {
    title: 'A backup that cannot read volume.cfg ends the replica that makes it',
    severity: 'outage',
    versions: '>=1.8.0 <1.11.4 || >=1.12.0 <1.12.2',
    promise: 'a backup that fails costs its volume none of its replicas',
    happens:
      'with a volume.cfg that is empty, cut off or cannot be read, a nil pointer ends the sync agent of the replica that makes the backup, and the replica with it: the volume is degraded, and faulted where it has no other; each further backup ends another one. One that is missing does no such harm: it is written anew',
    symptoms: [
      { of: 'history', kind: 'Volume', state: 'degraded' },
      { of: 'history', kind: 'Volume', state: 'faulted' },
    ],
    commands: [
      enter,
      ': > volume.cfg',
      'cd && mkdir replica',
      'longhorn replica --listen 127.0.0.1:10000 --size 10m replica &',
      `longhorn controller --listen 127.0.0.1:10020 --size 10m --current-size 10m --replica tcp://127.0.0.1:10000 "$VOLUME" &`,
      `${engine} snapshot create snapshot`,
      `${engine} backup create snapshot --dest "vfs://$STORE"; echo "exit code $?"`,
      `${engine} ls-replica # ERR; the replica's own log ends with the panic`,
    ],
    upstream: 'https://github.com/longhorn/longhorn/issues/13790',
    source:
      'backupstore, deltablock.go, CreateDeltaBlockBackup: what logs its failure names the volume, which is nil by then; read in v1.8.2, v1.9.2, v1.10.2, v1.11.3 and v1.12.1, mended in the newest source (2026-08)',
    seen: 'a whole real v1.12.1 (2026-11-23), a volume of two replicas: degraded 1 s after the backup had failed, for 39 s; npx corral store matrix on its engine',
  },
  'unwritten-backup-is-completed': {
    title: 'A backup of 16 to 19 changed blocks is Completed though its config could not be written',
    severity: 'silent',
    promise: 'a backup that cannot be written to its end is in Error',
    happens:
      'the progress after each block is (blocks + 1) / all * 95 %: after the last of 16 to 19 blocks (32 to 38 MiB) that is 100 %, which counts as the end. If the config cannot be written after that, the error is left out: the backup is Completed for ever, without a URL, and cannot be restored; its ticket keeps the volume attached. If only volume.cfg cannot, it names the backup before as the last one',
    symptoms: [{ of: 'history', kind: 'Backup', state: 'Completed' }],
    steps: [
      'Write 34 MiB (17 blocks) to a volume, begin a backup of a snapshot of it in a store that is slow, and have the store refuse to write the config of the backup once its first version is there (chattr +i, or a policy of the bucket).',
      'The log of the replica says "Failed to perform backup", and the Backup is Completed. status.url is empty.',
      'With 15 or 20 blocks it is in Error.',
      'Without any fault the log of the replica says "already completed or failed, skip the status update".',
    ],
    source:
      'backupstore, deltablock.go, getProgress and performBackup; longhorn-engine, pkg/replica/backup.go, UpdateBackupStatus; v1.12.1, and the same in the newest source (2026-08)',
    seen: 'a whole real v1.12.1 (2026-11-27), S3, 17 blocks, the second writing of the config answered with AccessDenied: Completed after 11.5 s, status.url empty and lastSyncedAt null until it was deleted',
  },
  'upload-outlives-its-lock': {
    title: 'A backup that is deleted when its upload has lost its lock comes back without its blocks',
    severity: 'data loss',
    promise: 'a backup that was deleted during its upload stays deleted, and later backups are whole',
    happens:
      'an upload whose lock cannot be refreshed goes on, and never looks at it again. After 150 s the lock counts no more, and the deletion of this backup goes through: its config goes, and the blocks that were uploaded so far. The upload writes the rest and its config, and makes itself the last backup: it is back, Completed, without these blocks, and each incremental backup after it takes them over unread',
    symptoms: [
      {
        ...{ of: 'store', findings: ['block-missing'], left: true },
        also: ['block-count-wrong', 'last-backup-missing'],
      },
    ],
    steps: [
      'Back up a volume that a workload uses, with much data, to a store that is slow.',
      'Have the store refuse to write the lock of this upload (chattr +i, or a policy of the bucket) for 150 s: the log of the replica says "Failed to refresh acquired lock".',
      'Delete the Backup: it goes. Let the store be fast again.',
      'With the next look into the store the Backup is back, Completed. A restore of it fails, and so does one of the next incremental backup.',
    ],
    source:
      'backupstore, lock.go, Lock (a failed refresh is only logged), and deltablock.go, performBackup (which looks at no lock) and DeleteDeltaBlockBackup; v1.12.1, and the same in the newest source (2026-08)',
    seen: 'a whole real v1.12.1 (2026-11-27), S3, the writing of the lock refused and that of the fourth block left unanswered: deleted when the lock had expired, and back with a config that lacks the first three blocks once the store answered',
  },
  'deletion-outlives-its-lock': {
    title: 'A deletion that has lost its lock removes blocks of a backup that was made meanwhile',
    severity: 'data loss',
    promise: 'a backup that is Completed beside a deletion has all its blocks',
    happens:
      'a deletion lists the blocks that no backup needs once, and removes them one by one. If its lock cannot be refreshed (the bucket is full, or its policy refuses it), it goes on, and never looks at it again. After 150 s the lock counts no more: a backup of the volume begins, takes over blocks that are still there, unread, and is Completed. Then the deletion removes them, and each incremental backup after it lacks them too',
    symptoms: [{ of: 'store', findings: ['block-missing'], also: ['block-count-wrong'] }],
    steps: [
      'Make a large backup of a volume, in a bucket where a removal takes some time, and delete it: the Backup goes, and its blocks are being removed.',
      'Have the bucket refuse to write the lock of this deletion (by a policy, or a quota) for 150 s: the log of the longhorn-manager says "Failed to refresh acquired lock".',
      'Make a backup of the volume: it is Completed within seconds, as the store has most of its blocks.',
      'Let the deletion end. A restore of the backup fails: blocks are missing.',
    ],
    source:
      'backupstore, lock.go, Lock (a failed refresh is only logged), and deltablock.go, DeleteDeltaBlockBackup, cleanupBlocks (which looks at no lock) and backupBlock (which takes over what is there); v1.12.1, and the same lock and removal in v1.8.2, v1.9.2, v1.10.2 and v1.11.3',
    seen: 'a whole real v1.12.1 (2026-11-30), S3, the removal of blocks unanswered and the writing of the lock refused: with the lock expired, the second backup was Completed 9 s after it had begun, and fsck found its blocks missing once the deletion had ended',
  },
  'backup-has-time-of-its-upload': {
    title: 'A backup reports the time of its upload as that of its snapshot',
    severity: 'misleading',
    promise: 'status.snapshotCreatedAt of a backup is the time of its snapshot',
    happens:
      'the engine writes the present time into the config as that of the snapshot. While the backup is made, Longhorn shows the right time, and from Completed on that of the upload: a backup made today of a snapshot of last week says that its data are of today. A deletion of the last backup chooses the next one by these times, so that older data may become the last backup',
    symptoms: [{ of: 'history', kind: 'Backup', state: 'with a later time' }],
    steps: [
      'Make a snapshot of a volume, write, and make another one a minute later.',
      'Back up the second one, then the first one.',
      'kubectl -n longhorn-system get backups -o yaml: status.snapshotCreatedAt of the backup of the first snapshot is later than that of the other, and not status.creationTime of its Snapshot.',
    ],
    source:
      'longhorn-engine, pkg/backup/main.go (CreatedTime of the snapshot); longhorn-manager, controller/backup_controller.go, syncBackupStatusWithSnapshotCreationTimeAndVolumeSize, which has the right one; v1.12.1, and the same in the newest source (2026-08). Near: longhorn/longhorn#3669',
    seen: 'a whole real v1.12.1 (2026-11-28), NFS: a backup reported 01:59:11 for a snapshot of 01:58:40',
  },
  'foreign-file-stops-store': {
    title: 'A file of others in a store stops its listing, and keeps deletions from removing blocks',
    severity: 'silent',
    // A bucket has no folders: a file is not taken for one.
    notOn: ['s3'],
    promise: 'files of others in a store do no harm',
    happens:
      'folders are listed by `ls -1 PATH`, which prints the path of a file. So a file is taken for a folder with itself in it, and the look into that fails. A file in volumes/, as an indexer or a file manager leaves it, ends each listing of the store: no new backup appears, and from v1.10.2 on only the log says why. A file in blocks/ ends each deletion of a backup of that volume when its config is gone: the Backup is gone, and its blocks stay until the file is removed and another backup of the volume is deleted',
    symptoms: [
      { of: 'store', findings: ['block-orphaned'], also: ['block-count-wrong', 'last-backup-missing'] },
      { of: 'history', kind: 'Backup', state: 'unknown' },
    ],
    commands: [
      'touch "$STORE/backupstore/volumes/Thumbs.db"',
      'longhorn backup ls --volume-only "vfs://$STORE"; echo "exit code $?"',
      'rm "$STORE/backupstore/volumes/Thumbs.db"',
      enter,
      countBlocks,
      'touch blocks/Thumbs.db',
      remove,
      'ls backups',
      countBlocks,
    ],
    source:
      'backupstore, fsops/fsops.go, List, beside config.go, getVolumeNames, and deltablock.go, getBlockNamesForVolume; v1.12.1. Near: longhorn/longhorn#1410, of a file in backups/, which does no harm any more',
    seen: 'the engine of v1.12.1 as an ordinary user, on a store of two volumes: exit code 1 of the listing and of the deletion, whose config was gone and whose blocks were all there; a whole real v1.12.1 (2026-11-28), NFS: the Backup was gone, and fsck found its blocks without a backup; with a file in volumes/, a backup of another Longhorn did not appear within 2 min 42 s',
  },
  'deletion-brings-backup-volume-back': {
    title: 'A backup volume that is deleted comes back, empty, if its last backup was being deleted',
    severity: 'objects lost',
    promise: 'a backup volume that is deleted stays away',
    happens:
      'the deletions of a backup and of its backup volume have locks of the same kind, and run at once. That of the last backup writes volume.cfg once it has read the configs of all others: if the volume was removed since it read volume.cfg, it writes that into an empty folder, and ends well. The next sync finds a volume in the store, and makes a BackupVolume without a backup, which has the size and the labels of the deleted one',
    symptoms: [{ of: 'history', kind: 'BackupVolume', state: 'made again' }],
    steps: [
      'Make two backups of a volume. Leave GET of the config of the first one unanswered (or have many backups and blocks).',
      'Delete the second one. When its config is gone from the store, delete the BackupVolume: its folder in the store goes.',
      'Let the store answer again: the folder has a volume.cfg, and the next sync of the backup target makes an empty BackupVolume. Delete it once more.',
    ],
    source:
      'backupstore, deltablock.go, DeleteDeltaBlockBackup (saveVolume with the volume that was loaded before the blocks were listed) and DeleteBackupVolume, both with DELETION_LOCK; lock.go, canAcquire; v1.12.1. Near: longhorn/longhorn#1401',
    seen: 'a whole real v1.12.1 (2026-11-30), S3: 28 s after all was deleted the BackupVolume was there again, with a volume.cfg and no backup in the store',
  },
  'last-to-end-is-last-backup': {
    title: 'The last backup of a volume is the one that ended last, though its snapshot is older',
    severity: 'misleading',
    promise: 'the last backup of a volume is the one of its newest snapshot',
    happens:
      'an upload writes its own name and size into volume.cfg when it ends, and does not look which of them began later (a deletion does): the BackupVolume and the volume name the older backup, and a volume on standby that had restored the newer one goes back to the older data',
    symptoms: [{ of: 'history', kind: 'BackupVolume', state: 'with another last backup' }],
    steps: [
      'Begin a full backup of a volume with much data, in a slow store.',
      'Write a little, and make an incremental backup meanwhile: it is Completed first, and status.lastBackupName of the BackupVolume names it.',
      'The full backup is Completed: status.lastBackupName names it, and status.lastBackupAt goes back.',
    ],
    source:
      'backupstore, deltablock.go, performBackup, beside getLatestBackup, which a deletion uses; v1.12.1, and the same in the newest source (2026-08). For volumes on standby: longhorn-manager, controller/volume_controller.go',
    seen: 'a whole real v1.12.1 (2026-11-27), S3, the writing of the first block of the older one left unanswered: status.lastBackupName named the older one 4 s after it had ended; volumes on standby only in the source',
  },
  'deleted-snapshot-spoils-upload': {
    title: 'A snapshot that is deleted while it is uploaded gives a Completed backup with other data',
    severity: 'data loss',
    promise: 'a backup that is Completed has the data of its snapshot',
    happens:
      'nothing keeps a snapshot from being deleted while it is uploaded: its file is merged with the next one in place, and the upload, which has it open, reads the newer data (or zeros, where the head alone is above it) for all blocks that it had not read yet; checksums are those of what it read, so nothing notices',
    symptoms: [{ of: 'restore' }],
    steps: [
      'Write data to a volume, make a snapshot, overwrite the data, and make another snapshot.',
      'Back up the first snapshot to a slow store, and delete it meanwhile (kubectl delete snapshots.longhorn.io): it goes.',
      'The backup is Completed, and a volume restored from it has data of the second snapshot.',
    ],
    source:
      'longhorn-engine, pkg/replica/replica.go, PrepareRemoveDisk, and pkg/sync/rpc/server.go, SnapshotPurge; longhorn-manager, controller/snapshot_controller.go; v1.12.1, and the same in the newest source (2026-08). Near: longhorn/longhorn-engine#163; longhorn/longhorn#10184 and #13748, of recurring jobs alone',
    seen: 'a whole real v1.12.1 (2026-11-27), S3, the writing of the first block left unanswered: the snapshot was gone 5.4 s after its deletion; the backup was Completed, and a volume restored from it had another checksum',
  },
  'trim-empties-snapshot': {
    title: 'A trim of a volume empties its newest snapshot while an older one is marked as removed',
    severity: 'data loss',
    versions: '>=1.4.0',
    promise: 'a snapshot keeps its data, and a backup of it has them, whatever is discarded in its volume',
    happens:
      'what a workload discards (fstrim, the mount option discard, a recurring job filesystem-trim) is to go from the head of the volume and from the removed snapshots next to it alone, as the page on trims says. The replica counts all removed snapshots, wherever they are, and punches holes into as many of the newest ones: a snapshot that nobody has deleted loses its data, without a word, so that a revert to it, and each backup of it, lacks them. A snapshot is marked as removed from its deletion until it is merged: for as long as that takes, and with disable-snapshot-purge for good',
    symptoms: [{ of: 'restore', lacks: 'only zeros' }],
    steps: [
      'Make a snapshot s1 of a volume, and delete it: it stays, marked as removed, as it is the newest one. Set auto-cleanup-system-generated-snapshot to false, and disable-snapshot-purge to true.',
      'Write data to the volume, and make a snapshot s2.',
      'Discard the data: blkdiscard --offset OFFSET --length SIZE /dev/longhorn/NAME.',
      'Back up s2: Completed. A volume that is restored from it has zeros in place of the data.',
    ],
    source:
      'longhorn-engine, pkg/replica/replica.go, UnmapAt (a disk that is not removed does not end the list of those to unmap, as its comment says), and pkg/replica/diff_disk.go, UnmapAt (which takes as many of the newest files); read in v1.4.0, v1.6.2, v1.8.2, v1.10.2, v1.11.2, v1.12.0, v1.12.1 and master (2026-08-21). Near: longhorn/longhorn#7103 (a trim during a rebuilding)',
    seen: 'the replica of v1.12.1 in a Go test of its own functions: two snapshots, the older one marked as removed, and the newer one read zeros after UnmapAt; a whole real v1.12.1 (2026-11-30), NFS, with a tgtd that passes the discards on: the restored volume had zeros',
  },
  'trim-empties-upload': {
    title: 'A trim that removes snapshots gives a Completed backup with holes while one of them is uploaded',
    severity: 'data loss',
    versions: '>=1.4.0',
    promise: 'a backup that is Completed has the data of its snapshot',
    happens:
      'with remove-snapshots-during-filesystem-trim, or unmapMarkSnapChainRemoved of the volume, a trim marks the newest snapshot and those before it as removed, and punches holes into their files, also while one of them is uploaded. All that has been deleted in the volume since the snapshot, and had not been read by then, is zeros in the backup, beside what names it: a file system that is restored has files of zeros. So it is if a recurring job filesystem-trim runs during a long backup. Checksums are those of what was read, so nothing notices',
    symptoms: [{ of: 'restore', lacks: 'only zeros' }],
    steps: [
      'Set unmapMarkSnapChainRemoved of a volume to enabled. Write 48 MiB to it, and make a snapshot.',
      'Back it up to a slow store. Meanwhile discard the last 16 MiB: blkdiscard --offset OFFSET --length SIZE /dev/longhorn/NAME.',
      'The backup is Completed. A volume that is restored from it has zeros there.',
    ],
    source:
      'longhorn-engine, pkg/replica/replica.go, UnmapAt (unmapMarkDiskChainRemoved), and pkg/controller/control.go, UnmapAt (a rebuild and an expansion are looked at, no upload; a TODO there says that it should); v1.12.1. No issue. A review of the first version (longhorn/longhorn-engine#742) speaks of uploads of files that were removed before the snapshot alone',
    seen: 'a whole real v1.12.1 (2026-12-01), S3: of 48 MiB the 16 that were discarded during the upload were zeros in the restored volume. Its engine by hand (2026-11-30): the last 8 of 192 blocks were zeros, and the snapshot was marked as removed',
  },
  'reused-snapshot-name-spoils-backup': {
    title: "A backup lacks data if the name of the last backup's snapshot was used again",
    severity: 'data loss',
    promise: 'a backup that is Completed has the data of its snapshot',
    happens:
      "an incremental backup finds what it builds on by the name of the last backup's snapshot alone. If that snapshot was removed, and another one made under its name, all that was written between the two is left out: the backup is Completed, its blocks are whole, and every incremental backup after it takes the gap over",
    symptoms: [{ of: 'restore' }],
    steps: [
      'Make a Snapshot of the name s1 (snapshots.longhorn.io, createSnapshot: true), and back it up.',
      'Write data, make another snapshot, and delete s1: it goes.',
      'Make a Snapshot of the name s1 again, write other data, make a snapshot s2, and back that up: Completed.',
      'A volume restored from it lacks what was written between the two snapshots s1.',
    ],
    source:
      'backupstore, deltablock.go, CreateDeltaBlockBackup (HasSnapshot); longhorn-engine, pkg/replica/backup.go; v1.12.1, and the same in the newest source (2026-08). Near: longhorn/longhorn#1294, of a volume that was made again',
    seen: 'a whole real v1.12.1 (2026-11-27), NFS: the store had 16 blocks of the second backup, not 24, and a volume restored from it lacked what was written between the two snapshots of one name',
  },
  'smaller-volume-cuts-restores': {
    title: 'A backup is restored cut off once a smaller volume was backed up under the name of its volume',
    severity: 'data loss',
    versions: '>=1.12.0',
    promise: 'a volume that is restored from a backup has all data of the backup',
    happens:
      'the size of a volume is in volume.cfg alone, not in the configs of its backups, and each upload overwrites it. Since v1.12.0 a restored volume gets the size of the BackupVolume, not that of the Backup, whatever size is asked for: the data beyond it are out of reach; the restore ends well, and nothing warns',
    symptoms: [{ of: 'restore', lacks: 'cut off' }],
    steps: [
      'Write data to the end of a volume, back it up, and delete the volume.',
      'Make a smaller volume of the same name, as a StatefulSet or a static PersistentVolume does, and back it up too.',
      'Restore the first backup: the volume is Completed in the size of the second one, and lacks the data at the end.',
    ],
    source:
      'backupstore, deltablock.go, performBackup (volume.Size) and RestoreDeltaBlockBackup; longhorn-manager, webhook/resources/volume/mutator.go (since longhorn/longhorn#9205, for volumes that have grown); v1.12.1, and the same in the newest source (2026-08)',
    seen: 'a whole real v1.12.1 (2026-11-28), NFS: a backup of a volume of 64 MiB was restored to one of 32 MiB, healthy, without the data at its end',
  },
  'growth-during-upload-cuts-restores': {
    title: 'A backup is restored cut off once an upload ends that began before its volume had grown',
    severity: 'data loss',
    versions: '>=1.12.0',
    promise: 'a volume that is restored from a backup has all data of the backup',
    happens:
      'an upload writes the size into volume.cfg that its volume had as it began, and does so when it ends. A backup of the volume that was made since, when it had grown, is restored in the smaller size from then on, until the next backup ends: the data beyond it are out of reach; the restore ends well, and nothing warns. So it is with a first backup that takes hours, while a smaller one by hand or by another recurring job overtakes it',
    symptoms: [{ of: 'restore', lacks: 'cut off' }],
    steps: [
      'Begin a backup of a volume of 64 Mi, in a slow store.',
      'Grow the volume to 128 Mi meanwhile, write to its end, and make another backup, which is Completed first.',
      'Let the first one end: status.size of the BackupVolume is 67108864.',
      'Restore the second backup: the volume has 64 Mi, and lacks the data at the end.',
    ],
    source:
      'longhorn-engine, pkg/backup/main.go, DoBackupInit (the size at the beginning); backupstore, deltablock.go, performBackup (volume.Size); longhorn-manager, webhook/resources/volume/mutator.go (the size of the BackupVolume, as in smaller-volume-cuts-restores); v1.12.1',
    seen: 'a whole real v1.12.1 (2026-11-30), S3, the writing of blocks left unanswered while the volume grew: a backup of a volume of 128 MiB was restored to one of 64 MiB',
  },
  'odd-size-ends-restores': {
    title:
      'A backup with blocks of 16 MiB can no longer be restored once its volume has a size that these do not divide',
    severity: 'outage',
    versions: '>=1.10.0',
    promise: 'a backup that Longhorn shows as Completed can be restored',
    happens:
      'the size of a volume is in volume.cfg alone, and each upload overwrites it. The restore of a backup looks whether its blocks divide that size, not that of the backup, and fails at once if not: the volume is faulted. So it is after a backup was restored under the name of its volume with blocks of 2 MiB in place of 16 MiB, as the documents offer it, and that was grown by 2 MiB: no older backup of the volume can be restored, until a backup is made of it in another size',
    symptoms: [{ of: 'history', kind: 'Volume', state: 'faulted', says: 'restore-of-odd-size' }],
    steps: [
      'Make a volume of 64 Mi with spec.backupBlockSize 16777216, and a backup of it. Delete the volume.',
      'Make it again with 66 Mi and spec.backupBlockSize 2097152, and back it up.',
      'Restore the first backup: the volume is Faulted. Its event FailedRestore says "volume size 69206016 is not a multiple of block size 16777216".',
    ],
    source:
      'backupstore, deltablock.go, RestoreDeltaBlockBackup (vol.Size of volume.cfg), and performBackup, which writes it; longhorn-manager, webhook/resources/volume/validator.go, which looks at the block size of the new volume alone; v1.12.1',
    seen: 'a whole real v1.12.1 (2026-11-30), NFS: faulted 47 s after the restore was requested, with this event',
  },
  'deletions-at-once-miss-blocks': {
    title: 'Deletions of one volume at the same time leave a wrong number of blocks in volume.cfg, or blocks',
    severity: 'misleading',
    promise:
      'backups of a volume can be deleted at the same time: the store holds what the others need, and says how much',
    happens:
      'deletions share a lock. Each lists backups and blocks, removes the blocks that nobody refers to, and writes the number that its own list leaves: the last to write may have listed before another removed its blocks. One that finds a config gone since its list removes no block. It lasts until the next deletion',
    symptoms: [
      { of: 'store', findings: ['block-count-wrong'], also: ['block-orphaned'] },
      { of: 'store', findings: ['block-orphaned'] },
    ],
    steps: [
      'Make a volume with a recurring job that keeps one backup, and have it make some, each of new data, while they cannot be deleted.',
      'Let them be deleted again: all old ones are deleted at once.',
      'BlockCount of volume.cfg is not the number of blocks in the folder, now and then.',
    ],
    source:
      'backupstore, deltablock.go, DeleteDeltaBlockBackup and cleanupBlocks (activeBlockCount), lock.go (locks of one type do not exclude each other); read in the source of 2026-08-20',
    seen: 'the emulator, which has the same order, on a busy machine (2026-11-26): six deletions at once, 6 counted and 4 there; not seen on a real Longhorn yet',
  },
  'upload-miscounts-blocks': {
    title:
      'The number of blocks in volume.cfg is wrong after an upload that failed late, or began without it',
    severity: 'misleading',
    promise: 'volume.cfg says how many blocks the backups of a volume take, or a backup fails',
    happens:
      'an upload adds the blocks that it wrote itself, and only when it ends well: those of one that failed are counted by nobody, those of a volume.cfg that is gone are not either, and one that was gone, or could not be looked at, is counted again; it lasts until the next deletion',
    symptoms: [{ of: 'store', findings: ['block-count-wrong'], also: [] }],
    steps: [
      'Make a backup of a volume, and move its volume.cfg in the store away.',
      'Make a second backup, which goes well.',
      'BlockCount of the new volume.cfg is less than there are blocks.',
    ],
    source: 'backupstore, deltablock.go, performBackup; v1.12.1',
    seen: 'npx corral store matrix on the engine of v1.12.1 (2026-11-23)',
  },
} as const satisfies Record<string, BugRow>;
