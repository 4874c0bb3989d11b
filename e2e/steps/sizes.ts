/** Bytes in a MiB. */
export const mebibyte = 1024 * 1024;

/** A size in MiB, for sentences. */
export const inMebibytes = (bytes: number): string => `${bytes / mebibyte} MiB`;

/**
 * "Large data" and "small data" of the documents, in a volume of 512 MiB. The small data overwrite the end of the large: blocks that only the
 * first backup had must be gone with it. The second backup has 512 MiB where it uploads everything anew: with less (random, gzip) an upload was
 * seen to end between two looks of Longhorn's, never InProgress.
 */
export const documentData = {
  volume: 512 * mebibyte,
  large: { offset: 0, size: 416 * mebibyte },
  small: { offset: 384 * mebibyte, size: 128 * mebibyte },
};
