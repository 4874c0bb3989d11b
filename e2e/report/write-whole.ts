import { rename, rm, stat, writeFile } from 'node:fs/promises';

/**
 * Writes a file whole or not at all: a reader never meets half of one, and where writing fails nothing is left beside
 * it. A device or a pipe is written to as it is.
 */
export const writeWhole = async (path: string, text: string): Promise<void> => {
  const found = await stat(path).catch(() => undefined);
  if (found !== undefined && !found.isFile()) return writeFile(path, text);
  const part = `${path}.part`;
  try {
    await writeFile(part, text);
    await rename(part, path);
  } catch (error) {
    // What is in its way is no file of ours, and why writing failed is what the caller wants to know.
    await rm(part, { force: true }).catch(() => {});
    throw error;
  }
};
