import { readManifests } from '../../lab/manifests/read.ts';
import type { ProgressDisplay, Replacement } from '../provider.ts';
import type { LonghornTarget } from '../target.ts';
import { readReleaseFolder } from './folder.ts';
import { readObjects } from './manifest.ts';
import { fetchRelease } from './official.ts';
import { releaseTarget } from './release-target.ts';
import { replaceImages } from './replace-images.ts';

export type TargetOptions = {
  /** URL of a registry that has the images under their own paths. */
  registryMirror: string | undefined;
  /** Replacements for some of the release's images. */
  images?: readonly Replacement[];
  progress: ProgressDisplay;
};

const mirrored = (mirror: string) => ({ mirror, from: `the mirror ${mirror}` });

/**
 * A Longhorn from a folder with a release's manifests and image archives. Missing images are pulled from the
 * mirror, if there is one.
 */
export const archiveTarget = async (
  dir: string,
  { registryMirror, images = [], progress }: TargetOptions,
): Promise<LonghornTarget> => {
  const { manifests, archives } = await readReleaseFolder(dir, { hasMirror: registryMirror !== undefined });
  const other = await replaceImages(readObjects(await readManifests(manifests)), images);
  const pull = registryMirror === undefined ? undefined : mirrored(registryMirror);
  const source = { ...other, archives: [...archives, ...other.archives], pull };
  return releaseTarget({ name: 'archive', title: dir, ...source }, progress);
};

/**
 * A release as published by Longhorn: its manifest from `published` (default: Longhorn's repository), its
 * images from their registries or the mirror.
 */
export const officialTarget = async (
  version: string,
  { registryMirror, images = [], progress }: TargetOptions,
  published?: string,
): Promise<LonghornTarget> => {
  const manifest = await progress.step(`Fetch the manifest of Longhorn ${version}`, () =>
    fetchRelease(version, published),
  );
  const pull =
    registryMirror === undefined ? { mirror: undefined, from: 'their registries' } : mirrored(registryMirror);
  const title = `Longhorn ${version}`;
  const other = await replaceImages(readObjects([manifest]), images);
  return releaseTarget({ name: 'official', title, ...other, pull }, progress);
};
