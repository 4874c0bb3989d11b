import { rename, rm, stat, writeFile } from 'node:fs/promises';

/**
 * Writes a file completely or not at all, through a temporary file. If writing fails, that file is removed. A device
 * or a pipe is written directly.
 */
export const writeAtomically = async (path: string, text: string): Promise<void> => {
  const found = await stat(path).catch(() => undefined);
  if (found !== undefined && !found.isFile()) return writeFile(path, text);
  const part = `${path}.part`;
  try {
    await writeFile(part, text);
    await rename(part, path);
  } catch (error) {
    // If the temporary file cannot be removed, that is ignored: the caller needs the first error.
    await rm(part, { force: true }).catch(() => {});
    throw error;
  }
};
