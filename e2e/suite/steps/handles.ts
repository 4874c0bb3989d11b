import type { RunningStore } from '../../store/driver.ts';
import type { BlockMapping } from '../../store/format/config.ts';
import type { FollowedPage } from '../../ui/followed-page.ts';
import type { Span } from '../../ui/judge-shown.ts';
import type { TablePage } from '../../ui/table-page.ts';
import type { DataStretch } from './made.ts';
import type { ServiceForward } from './service-forward.ts';

/** A backup target made by a step, and the store that it is on: another one from when a step changes that. */
export type TargetHandle = { name: string; store: RunningStore };

/** A volume made by a step. */
export type VolumeHandle = {
  name: string;
  /** Where its backups go. */
  target: TargetHandle;
  node: string;
  /** Bytes. */
  size: number;
  /**
   * The blocks that it was restored with, all it will ever hold; undefined for one that is written to through
   * its block device.
   */
  restored?: readonly BlockMapping[];
};

/**
 * A stretch of a volume that is full of random data, and the SHA-256 of it; not known where the data came
 * with the volume.
 */
export type WrittenData = { offset: number; size: number; sha256?: string };

/** A snapshot made by a step; `filled` is where its volume may have had data, of one that Longhorn took by itself not known. */
export type SnapshotHandle = { name: string; volume: VolumeHandle; filled?: readonly DataStretch[] };

/** A backup made by a step. */
export type BackupHandle = {
  name: string;
  /** How sentences call it: "the first backup". */
  label: string;
  volume: VolumeHandle;
  snapshot: SnapshotHandle;
  /**
   * The marks of the timelines before it was made; once a step did so, before it was deleted, before its
   * owner was killed, and before its fault was healed.
   */
  since: { made: number; deleted?: number; orphaned?: number; healed?: number };
};

/** A page that is open in the browser, as far as its scenario's end has to do with it. */
export type OpenPage = {
  page: { picture(): Promise<Uint8Array>; trace?(): Promise<Uint8Array>; close(): Promise<void> };
};

/** A page with one table, opened by a step. */
export type TablePageHandle = { page: TablePage; cutOff: Span[] };

/** The page of a volume's backups, opened by a step. */
export type PageHandle = {
  page: FollowedPage;
  forward: ServiceForward;
  /** The mark of the timelines before it was opened. */
  mark: number;
  /** When a step cut it off, and until when connections may fail by that; ms since the epoch. */
  cutOff: Span[];
};

/** What sentences call several backups, all of them: "the first backup and the second backup". */
export const listLabels = (backups: readonly Pick<BackupHandle, 'label'>[]): string =>
  backups.map(({ label }) => label).join(' and ');

/** The same, of many only how many and from which to which: "10 backups, the second backup to the 11th backup,". */
export const describeLabels = (backups: readonly Pick<BackupHandle, 'label'>[]): string =>
  backups.length <= 2
    ? listLabels(backups)
    : `${backups.length} backups, ${backups[0]?.label} to ${backups.at(-1)?.label},`;
