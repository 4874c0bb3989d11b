import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { getSystemErrorMessage } from 'node:util';
import { Unreadable } from './source.ts';

// Does not follow a link, and does not block on a pipe, that somebody put in the file's place.
const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * Reads a file into `buffer`, as much as fits. Returns the number of bytes read and the size of the file. Throws
 * `Unreadable`.
 */
export const readInto = async (path: string, buffer: Uint8Array): Promise<{ read: number; size: number }> => {
  let file: FileHandle | undefined;
  try {
    file = await open(path, flags);
    const stat = await file.stat();
    if (!stat.isFile()) throw new Unreadable('it is no file any more', { gone: false });
    const wanted = Math.min(stat.size, buffer.length);
    let read = 0;
    while (read < wanted) {
      const { bytesRead } = await file.read(buffer, read, wanted - read, read);
      if (bytesRead === 0) break;
      read += bytesRead;
    }
    return { read, size: stat.size };
  } catch (error) {
    throw toUnreadable(error);
  } finally {
    await file?.close();
  }
};

/** Converts an error of the file system, with its message, to `Unreadable`. Returns any other error unchanged. */
export const toUnreadable = (error: unknown): unknown => {
  const { errno, code } = error as NodeJS.ErrnoException;
  if (typeof errno !== 'number') return error;
  return new Unreadable(getSystemErrorMessage(errno), { gone: code === 'ENOENT' || code === 'ENOTDIR' });
};
