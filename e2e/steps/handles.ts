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
  /** The marks of the timelines before it was made; once a step did so, before it was deleted, before its owner was killed, and before its fault was healed. */
  since: { made: number; deleted?: number; orphaned?: number; healed?: number };
};
