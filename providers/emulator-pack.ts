import { copyFile, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { stringify } from 'yaml';
import { whyNotWritable } from '../e2e/kube/writable.ts';
import { PreconditionError } from '../e2e/machine/precondition-error.ts';
import { emulatorObjects } from '../emulator/install.ts';
import { ensureCached } from '../lab/cache/cache.ts';
import { openCache } from '../lab/cache/folders.ts';
import { withSharedCache } from '../lab/cache/lock.ts';
import { emulatorArchive, emulatorImage } from './emulator-image.ts';
import type { ProgressDisplay } from './provider.ts';

// The real clock, as in a release: users of this archive do not know that it is the emulator.
const clock = 'real';

/** The emulator as a release's manifest. */
export const emulatorManifest = (
  how: Omit<Parameters<typeof emulatorObjects>[0], 'image'> = { clock },
): string =>
  emulatorObjects({ image: emulatorImage, ...how })
    // In YAML 1.1, which the server reads: `"no"` without quotes is not a string there.
    .map((object) => stringify(object, { version: '1.1', lineWidth: 0, aliasDuplicateObjects: false }))
    .join('---\n');

const emptyFolder = async (folder: string): Promise<string> => {
  const dir = resolve(folder);
  const why = whyNotWritable(dir);
  if (why !== undefined)
    throw new PreconditionError({
      code: 'folder-not-writable',
      where: folder,
      what: why,
      remedy: 'name another folder',
    });
  await mkdir(dir, { recursive: true });
  if ((await readdir(dir)).length > 0)
    throw new PreconditionError({
      code: 'folder-not-empty',
      what: `${folder} is not empty`,
      remedy: 'name a new folder, or an empty one',
    });
  return dir;
};

/**
 * Packs the emulator like a release for `--longhorn archive:DIR`: longhorn.yaml and images.tar. Throws PreconditionError
 * if the folder is not empty, or if this machine cannot make the image.
 */
export const packEmulator = async (
  folder: string,
  { step }: Pick<ProgressDisplay, 'step'>,
): Promise<string> => {
  const dir = await emptyFolder(folder);
  await openCache();
  await withSharedCache(async () => {
    const archive = await step("Pack the emulator's image", async () =>
      ensureCached(await emulatorArchive({ whole: true })),
    );
    await copyFile(join(archive, 'images.tar'), join(dir, 'images.tar'));
  });
  await writeFile(join(dir, 'longhorn.yaml'), emulatorManifest());
  return dir;
};
