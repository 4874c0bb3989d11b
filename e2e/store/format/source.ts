/** What lies in a store at one path; anything but files and folders is reported and never opened. */
export type StoreEntry = {
  /** From the store's own folder on: `backupstore/volumes/8b/8e/sample-a/volume.cfg`. */
  path: string;
  kind: 'file' | 'folder' | 'link' | 'special' | 'unreadable';
  /** Bytes. */
  size: number;
  /** By the server's clock, in milliseconds since the epoch. */
  changedAt: number;
  /** Of an unreadable one. */
  reason?: string;
};

/** Where a backup store can be read from. Nothing is ever written, no link is ever followed. */
export type StoreSource = {
  /**
   * Everything below a folder, so many levels deep, each folder before what is in it; nothing if there is no
   * such folder.
   */
  walk(folder: string, depth: number): AsyncIterable<StoreEntry>;
  /** Up to `limit` bytes of a file; throws Unreadable. */
  read(path: string, limit: number): Promise<Buffer>;
  /** Where a file is on this machine, so that other threads can open it; of a store that is here. */
  localPath?(path: string): string;
};

/** A file of the store could not be read: it is gone, or the reason says why. */
export class Unreadable extends Error {
  readonly gone: boolean;

  constructor(reason: string, { gone }: { gone: boolean }) {
    super(reason);
    this.gone = gone;
  }
}

/** The whole store cannot be read, for a reason that the message says in one line. */
export class StoreUnreadable extends Error {
  override readonly name = 'StoreUnreadable';
}
