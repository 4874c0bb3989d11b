import type { RunningStore } from '../../store/driver.ts';
import type { BlockMapping } from '../../store/format/config.ts';
import type { FollowedPage } from '../../ui/followed-page.ts';
import type { Span } from '../../ui/judge-shown.ts';
import type { TablePage } from '../../ui/table-page.ts';
import type { ServiceForward } from './service-forward.ts';
import type { DataRange } from './sizes.ts';

/** A backup target that a step made, and its store. A step may change the store. */
export type TargetHandle = { name: string; store: RunningStore };

/** A volume that a step made. */
export type VolumeHandle = {
  name: string;
  /** The target of its backups. */
  target: TargetHandle;
  node: string;
  /** In bytes. */
  size: number;
  /**
   * The blocks that it was restored with; its data never change. Undefined for a volume that is written through its
   * block device.
   */
  restored?: readonly BlockMapping[];
  /** The Secret with the key of an encrypted volume. */
  keySecret?: string | undefined;
};

/**
 * A range of a volume with random data, in bytes, and its SHA-256. The hash is undefined if the data came with the
 * volume.
 */
export type WrittenData = { offset: number; size: number; sha256?: string };

/**
 * A snapshot of a volume. `filled`: the ranges in which the volume may have had data; undefined for a snapshot that
 * Longhorn made without a step.
 */
export type SnapshotHandle = { name: string; volume: VolumeHandle; filled?: readonly DataRange[] };

/** A backup that a step made. */
export type BackupHandle = {
  name: string;
  /** Its name in sentences: "the first backup". */
  label: string;
  volume: VolumeHandle;
  snapshot: SnapshotHandle;
  /**
   * The sequences of the timelines before it was made, before it was deleted, before its owner was killed, and before the
   * fault on its deletion was healed. Undefined until a step does so.
   */
  since: { made: number; deleted?: number; orphaned?: number; healed?: number };
};

/**
 * A system backup that a step made, and its name in sentences. `version` is that of its Longhorn, which is in its path
 * in the store; empty until it is Ready.
 */
export type SystemBackupHandle = {
  name: string;
  label: string;
  version: string;
  target: TargetHandle;
  /** The resourceVersion of its object when it was in Error, as it could not be read. */
  unread?: string | undefined;
};

/** An open page in the browser, as far as the end of its scenario needs it. */
export type OpenPage = {
  page: { picture(): Promise<Uint8Array>; trace?(): Promise<Uint8Array>; close(): Promise<void> };
};

/** A page with one table that a step opened. */
export type TablePageHandle = { page: TablePage; disconnections: Span[] };

/** The page of a volume's backups that a step opened. */
export type PageHandle = {
  page: FollowedPage;
  forward: ServiceForward;
  /** The last sequence of the timelines before it was opened. */
  from: number;
  /** When steps cut it off from Longhorn, and until when connections may therefore fail, in ms since the epoch. */
  disconnections: Span[];
};

/** Lists the names of all backups for sentences: "the first backup and the second backup". */
export const listLabels = (backups: readonly Pick<BackupHandle, 'label'>[]): string =>
  backups.map(({ label }) => label).join(' and ');

/**
 * Lists up to two backups, and otherwise their number and range: "10 backups, the second backup to the 11th backup,".
 */
export const describeLabels = (backups: readonly Pick<BackupHandle, 'label'>[]): string =>
  backups.length <= 2
    ? listLabels(backups)
    : `${backups.length} backups, ${backups[0]?.label} to ${backups.at(-1)?.label},`;
