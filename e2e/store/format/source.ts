/** An entry at a path of a store. Entries other than files and folders are reported and never opened. */
export type StoreEntry = {
  /** The path, starting with the store's folder: `backupstore/volumes/8b/8e/sample-a/volume.cfg`. */
  path: string;
  kind: 'file' | 'folder' | 'link' | 'special' | 'unreadable';
  /** In bytes. */
  size: number;
  /** The modification time by the server's clock, in ms since the epoch. */
  changedAt: number;
  /** Why an entry of kind `unreadable` cannot be read. */
  reason?: string;
};

/** Read access to a backup store. It never writes and never follows a link. */
export type StoreSource = {
  /**
   * Lists all entries below a folder, `depth` levels deep. A folder comes before its content. Yields nothing if the
   * folder does not exist.
   */
  walk(folder: string, depth: number): AsyncIterable<StoreEntry>;
  /** Reads up to `limit` bytes of a file. Throws `Unreadable`. */
  read(path: string, limit: number): Promise<Buffer>;
  /** The path of a file on this machine, so that threads can open it. Missing if the store is not on this machine. */
  localPath?(path: string): string;
};

/** A file of the store could not be read. Either it is gone, or the message says why. */
export class Unreadable extends Error {
  readonly gone: boolean;

  constructor(reason: string, { gone }: { gone: boolean }) {
    super(reason);
    this.gone = gone;
  }
}

/** The whole store could not be read. The message is one line with the reason. */
export class StoreUnreadable extends Error {
  override readonly name = 'StoreUnreadable';
}
