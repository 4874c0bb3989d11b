import type { Log } from '../log.ts';
import type { Fix } from '../mutants.ts';

/** A bug of Longhorn that the emulator can fix, by its row in the ledger. */
export type FixableBug = Fix extends `fixed:${infer Id}` ? Id : never;

/** A backup store. Paths are below its export or prefix, as in `backupstore/volumes/...`. */
export type Store = {
  /** URL without its query, as in a Backup's status.url. */
  readonly url: string;
  readonly log: Log;
  /** Whether the emulator has this bug of Longhorn fixed. */
  isFixed(bug: FixableBug): boolean;
  /** Whether a file exists. A file that cannot be checked counts as missing (fsops.go and s3.go, FileExists). */
  exists(path: string): Promise<boolean>;
  /**
   * Modification time by the server's clock, in milliseconds since the epoch. 0 if the file is missing or
   * cannot be checked.
   */
  changedAt(path: string): Promise<number>;
  /** Reads a text file. Throws `cannot find PATH in backupstore` if it does not exist. */
  read(path: string): Promise<string>;
  /** Reads a binary file. */
  readData(path: string): Promise<Buffer>;
  /**
   * Names in a folder, none if it does not exist. Of a real folder, Longhorn ignores the failure `cannot open
   * directory` (fsops.go, List): the folder counts as empty unless `unopened` is 'error'. Any other failure
   * is an error, and so is every failure of a bucket (s3.go, List).
   */
  list(path: string, unopened?: 'empty' | 'error'): Promise<string[]>;
  /** Writes a file so that no reader sees half of it. */
  write(path: string, data: Uint8Array | string): Promise<void>;
  /** Removes a file, or a folder if the path ends with a slash. Does nothing if it does not exist. */
  remove(path: string): Promise<void>;
};
