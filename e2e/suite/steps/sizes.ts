import { type LonghornClocks, longhornClocks } from '../../longhorn/clocks.ts';

/** Bytes in a MiB. */
export const mebibyte = 1024 * 1024;

/** A size in MiB, for sentences. */
export const inMebibytes = (bytes: number): string => `${bytes / mebibyte} MiB`;

/**
 * "Large data" and "small data" of the documents, in a volume of 512 MiB on Longhorn's own clocks. The small
 * overwrite the end of the large: blocks that only the first backup had must be gone with it. With less an
 * upload was seen to end between two looks of Longhorn's (each 2 s), never InProgress. `brief` is for a first
 * backup whose upload and deletion nobody has to see.
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
export type DocumentData = { volume: number; large: Stretch; small: Stretch; brief: Stretch };
type Stretch = { offset: number; size: number };

/** Data for a backup whose upload nobody needs to see. */
export const littleData = { volume: 64 * mebibyte, data: { offset: 0, size: 16 * mebibyte } };
