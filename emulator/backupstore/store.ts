import type { Log } from '../log.ts';
import type { Fix } from '../mutants.ts';

/** A bug of Longhorn's that can be mended on purpose, by its row in the ledger. */
export type FixableBug = Fix extends `fixed:${infer Id}` ? Id : never;

/** A backup store: paths are below its export or prefix, as `backupstore/volumes/...`. */
export type Store = {
  /** URL without its query, as it stands in a Backup's url. */
  readonly url: string;
  readonly log: Log;
  /** Whether a bug of Longhorn's is mended on purpose. */
  isFixed(bug: FixableBug): boolean;
  /** Whether there is such a file; one that cannot be looked at is none (fsops.go and s3.go, FileExists). */
  exists(path: string): Promise<boolean>;
  /**
   * Time of the last change by the server's clock, in milliseconds since the epoch; 0 if there is no such
   * file, or it cannot be looked at.
   */
  changedAt(path: string): Promise<number>;
  /** Reads a text file; throws `cannot find PATH in backupstore` if there is none. */
  read(path: string): Promise<string>;
  /** Reads a file of data. */
  readData(path: string): Promise<Buffer>;
  /**
   * Names in a folder; none if there is no such folder. Of a failure to list a real folder Longhorn drops
   * `cannot open directory` (fsops.go, List), so that one which cannot be opened is an empty one, unless
   * `unopened` says otherwise; any other failure, and each of a bucket's (s3.go, List), is an error.
   */
  list(path: string, unopened?: 'empty' | 'error'): Promise<string[]>;
  /** Writes a file so that nobody reads half of it. */
  write(path: string, data: Uint8Array | string): Promise<void>;
  /** Removes a file, or a folder, whose path ends with a slash, if it is there. */
  remove(path: string): Promise<void>;
};
