import { mkdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** The volume whose folder was recorded. */
export const recordedVolume = 'sample-a';

const recorded = (path: string): URL =>
  new URL(`../../fixtures/recordings/store-v1.12.1/${path}`, import.meta.url);

/** A file of the recorded folder: the listing of it, `volume.cfg`, or a backup's config. */
export const recordedFile = (path: string): Promise<string> => readFile(recorded(path), 'utf8');

/**
 * Lays the recorded folder out on disk; the blocks have their sizes but, for want of room in the repository,
 * no content.
 */
export const layOutRecordedStore = async (folder: string): Promise<void> => {
  for (const line of (await recordedFile('listing.txt')).trim().split('\n')) {
    const [path = '', size] = line.split('\t');
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    if (path.endsWith('.blk')) {
      await writeFile(file, '');
      await truncate(file, Number(size));
    } else {
      await writeFile(file, await recordedFile(path));
    }
  }
  await mkdir(join(folder, 'locks'), { recursive: true });
};
