import { type LonghornClocks, longhornClocks } from '../../longhorn/clocks.ts';

/** The number of bytes in a MiB. */
export const mebibyte = 1024 * 1024;

/** Formats a size in MiB for sentences. */
export const inMebibytes = (bytes: number): string => `${bytes / mebibyte} MiB`;

/** The number of bytes in a GiB. */
export const gibibyte = 1024 * mebibyte;

/** Formats a size in GiB for sentences. */
export const inGibibytes = (bytes: number): string => `${bytes / gibibyte} GiB`;

/**
 * Returns the "large data" and "small data" of the documents: a volume of 512 MiB with Longhorn's default timers. The
 * small data overwrite the end of the large, so that some blocks belong only to the first backup. With less data, an
 * upload ended between two polls of Longhorn (each 2 s). `brief` is for an upload that need not be observed.
 */
export const documentData = ({ monitorPoll }: Pick<LonghornClocks, 'monitorPoll'>): DocumentData => {
  const unit = Math.ceil(32 * (monitorPoll / longhornClocks.monitorPoll)) * mebibyte;
  return {
    volume: 16 * unit,
    large: { offset: 0, size: 13 * unit },
    small: { offset: 12 * unit, size: 4 * unit },
    brief: { offset: 11 * unit, size: 2 * unit },
  };
};

/** The data of the documents, in bytes. */
export type DocumentData = { volume: number; large: DataRange; small: DataRange; brief: DataRange };

/** A range of a volume, in bytes. */
export type DataRange = { offset: number; size: number };

/** Data for a backup whose upload need not be observed, in bytes. */
export const littleData = { volume: 64 * mebibyte, data: { offset: 0, size: 16 * mebibyte } };
