import { readManifests } from '../../lab/manifests/read.ts';
import type { Progress } from '../provider.ts';
import type { Target } from '../target.ts';
import { lookThrough } from './folder.ts';
import { readObjects } from './manifest.ts';
import { fetchRelease } from './official.ts';
import { releaseTarget } from './release-target.ts';

export type TargetOptions = {
  /** URL of a registry that has the images under their own paths. */
  registryMirror: string | undefined;
  /** For other commands than the lab's own import. */
  portable: boolean;
  progress: Progress;
};

const mirrored = (mirror: string) => ({ mirror, from: `the mirror ${mirror}` });

/**
 * A Longhorn from a folder with its release's manifests and image archives; what these lack is pulled from
 * the mirror, if there is one.
 */
export const archiveTarget = async (
  dir: string,
  { registryMirror, portable, progress }: TargetOptions,
): Promise<Target> => {
  const { manifests, archives } = await lookThrough(dir, { hasMirror: registryMirror !== undefined });
  const release = readObjects(await readManifests(manifests));
  const pull = registryMirror === undefined ? undefined : mirrored(registryMirror);
  return releaseTarget({ name: 'archive', title: dir, release, archives, pull, portable }, progress);
};

/**
 * A release as Longhorn publishes it (there, where nothing else is said): its manifest from there, its images
 * from their registries or the mirror.
 */
export const officialTarget = async (
  version: string,
  { registryMirror, portable, progress }: TargetOptions,
  published?: string,
): Promise<Target> => {
  const manifest = await progress.step(`Fetch the manifest of Longhorn ${version}`, () =>
    fetchRelease(version, published),
  );
  const pull =
    registryMirror === undefined ? { mirror: undefined, from: 'their registries' } : mirrored(registryMirror);
  const title = `Longhorn ${version}`;
  return releaseTarget(
    { name: 'official', title, release: readObjects([manifest]), archives: [], pull, portable },
    progress,
  );
};
