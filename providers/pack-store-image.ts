import { copyFile, mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PreconditionError } from '../e2e/machine/precondition-error.ts';
import { ensureCached } from '../lab/cache/cache.ts';
import { openCache } from '../lab/cache/folders.ts';
import { withSharedCache } from '../lab/cache/lock.ts';
import { checkCommands } from '../lab/fitness.ts';
import { storeArchiveArtifact } from '../lab/images/core.ts';
import { ensurePodSystem } from './docker/pod-system.ts';
import type { ProgressDisplay } from './provider.ts';

/**
 * Writes the image of the backup stores' pods into a file, an OCI archive. Throws PreconditionError if this machine
 * cannot make the image, or the file cannot be written.
 */
export const packStoreImage = async (
  file: string,
  progress: Pick<ProgressDisplay, 'step'>,
): Promise<void> => {
  try {
    const missing = (await checkCommands(['tar', 'flock'])).flatMap(({ failure }) => failure ?? []);
    if (missing[0] !== undefined) throw new PreconditionError(missing[0]);
    await openCache();
    await withSharedCache(async () => {
      await ensurePodSystem(progress);
      const made = await progress.step("Pack the backup stores' image", async () =>
        ensureCached(await storeArchiveArtifact({ whole: true })),
      );
      await mkdir(dirname(file), { recursive: true });
      // The rename makes the file complete or missing.
      await copyFile(join(made, 'images.tar'), `${file}.part`);
      await rename(`${file}.part`, file);
    });
  } catch (error) {
    await rm(`${file}.part`, { force: true });
    const { code, dest } = error as NodeJS.ErrnoException & { dest?: string };
    if (dest?.startsWith(file))
      throw new PreconditionError({
        code: 'file-not-writable',
        what: `${file} cannot be written (${code})`,
        remedy: 'name another file',
      });
    throw error;
  }
};
