/** Bytes in a MiB. */
export const mebibyte = 1024 * 1024;

/** A size in MiB, for sentences. */
export const inMebibytes = (bytes: number): string => `${bytes / mebibyte} MiB`;
