/** The texts of longhorn-manager's backup controller, unchanged since v1.8.0. */
export const messages = {
  waitForDeletion: (backup: string) => `Wait for backup ${backup} to be deleted`,
  waitForSnapshot: (snapshot: string) => `Waiting for the snapshot ${snapshot} to be ready`,
  waitForEngine: (engine: string) => `Waiting for the engine ${engine} to be ready`,
  failedToGetSnapshot: (snapshot: string) => `Failed to get the Snapshot ${snapshot}`,
  failedWaitingForSnapshot: (snapshot: string) => `Failed waiting for the snapshot ${snapshot} to be ready`,
  failedWaitingForEngine: (engine: string) => `Failed waiting for the engine ${engine} to be ready`,
  failedToDelete: (url: string, error: string) =>
    `Failed to delete the backup ${url} in the backupstore, err ${error}`,
  noDeletionInProgress: 'No deletion in progress record, retry the deletion command',
};

/** Keys of status.messages. */
export const messageKeys = { info: 'info', error: 'error' } as const;
