/** All tags that a scenario may have. Vitest refuses undeclared tags. */
export const tags = [
  { name: 'backup-deletion', description: 'backups deleted while others are made' },
  { name: 'backupstore-locks', description: 'operations on one volume that meet a lock in the backup store' },
  { name: 'upload', description: 'the lock is held by an upload' },
  { name: 'expiring', description: 'a lock that nobody renews expires' },
  { name: 'told-apart', description: 'the same message, once of a temporary error and once of a failure' },
  {
    name: 'free-running',
    description: 'no fault holds the operation: the timing is that of the cluster',
  },
  { name: 'at-once', description: 'a deletion and a backup are requested at the same time' },
  { name: 'in-error', description: 'a deletion has failed and waits for its retry' },
  { name: 'in-retry', description: 'a deletion that failed is being retried' },
  { name: 'late-failure', description: 'a deletion fails after its Backup object is gone' },
  { name: 'manager-kill', description: 'kills longhorn-manager pods' },
  { name: 'ten-points', description: 'one kill meets ten deletions at ten different points' },
  { name: 'held', description: 'a fault holds the operation at the moment that matters' },
  { name: 'system-backups', description: 'backups of the objects of Longhorn itself' },
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
  { name: 'snapshots', description: 'snapshots of volumes are made and removed' },
  { name: 'backups', description: 'the data, the upload and the status of a backup' },
  {
    name: 'backup-targets',
    description: 'the URL or the credentials of a backup target change',
  },
  {
    name: 'standby',
    description: 'a standby (DR) volume follows the backups of another volume',
  },
  { name: 'restores', description: 'restores, and what goes wrong with them' },
  {
    name: 'failing-store',
    description: 'the backup store fails during an operation',
  },
  { name: 'refusals', description: 'requests that Longhorn rejects, and fields that it corrects' },
  { name: 'slow', description: 'takes minutes, or much of the cluster for itself: `.ci/run` leaves it out' },
];
