/** A volume made by a step. */
export type VolumeHandle = { name: string; node: string /** Bytes. */; size: number };

/** A stretch of a volume that a step has filled, and the SHA-256 of it. */
export type WrittenData = { offset: number; size: number; sha256: string };

/** A snapshot made by a step. */
export type SnapshotHandle = { name: string; volume: VolumeHandle };

/** A backup made by a step. */
export type BackupHandle = {
  name: string;
  /** How sentences call it: "the first backup". */
  label: string;
  volume: VolumeHandle;
  snapshot: SnapshotHandle;
  /** The mark of the timelines before it was made, or, once deleted by a step, before that. */
  since: { made: number; deleted?: number };
};
