/** Every tag that a scenario may carry; vitest refuses one that is not declared here. */
export const tags = [
  { name: 'backup-deletion', description: 'backups deleted while others are made' },
  { name: 'backupstore-locks', description: 'operations on one volume that meet a lock in the backup store' },
  { name: 'upload', description: 'the lock is held by an upload' },
  { name: 'expiring', description: 'the lock is one that nobody holds any more, until it expires' },
  { name: 'told-apart', description: 'the same words as a passing trouble and as a failure' },
  {
    name: 'free-running',
    description: 'nothing holds a moment open: the scenario takes what the cluster gives',
  },
  { name: 'at-once', description: 'two wishes are made in one breath, as the document has it' },
  { name: 'in-error', description: 'what happens while a deletion has failed and is not tried again yet' },
  { name: 'in-retry', description: 'what happens while a deletion that failed is tried again' },
  { name: 'late-failure', description: 'a deletion fails after its backup has gone for Longhorn' },
  { name: 'manager-kill', description: 'kills longhorn-manager pods' },
  { name: 'ten-points', description: 'one kill meets ten deletions, each at another point' },
  { name: 'held', description: 'a fault holds the moment open that the scenario is about' },
  { name: 'recurring-jobs', description: 'backups that a recurring job makes and cleans up' },
  {
    name: 'read-only-backups',
    description: 'the backups are read-only within longhorn-manager, so that the engine deletes none',
  },
  {
    name: 'immutable',
    description: 'configs in the store are immutable, so that their backups cannot be deleted',
  },
  { name: 'denied-backups', description: 'the API server denies the deletion of backups' },
  { name: 'ui', description: "Longhorn's user interface, in a browser" },
  { name: 'denied-snapshots', description: 'the API server denies the deletion of snapshots' },
  { name: 'snapshots', description: 'snapshots of volumes: what is taken, and what goes' },
  { name: 'backups', description: 'what a backup holds, what it sends, and what is told of it' },
  {
    name: 'backup-targets',
    description: 'a backup target becomes another store, or who logs in there another',
  },
  {
    name: 'standby',
    description: 'a volume follows the backups of another one, for the day when that is lost',
  },
  { name: 'restores', description: 'a backup is restored while something stands in the way' },
  {
    name: 'failing-store',
    description: 'the backup store fails in the middle of what Longhorn does with it',
  },
  { name: 'refusals', description: 'what Longhorn refuses, and what it mends in silence' },
];
