import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { PreconditionError } from '../../e2e/machine/precondition-error.ts';
import { findSources } from '../../lab/images/source.ts';

/** The content of a release's folder: manifests in the order to apply them, and image archives. */
type ReleaseFolder = { manifests: string[]; archives: string[] };

const archivesIn = async (folder: string): Promise<string[]> => {
  try {
    return (await findSources(folder)).map(({ path }) => path);
  } catch {
    return [];
  }
};

/**
 * Lists a folder. Its manifests are all `*.yaml` and `*.yml` in it, by name. Image archives and unpacked
 * layouts are beside them or in subfolders. Throws PreconditionError if there is no manifest, or neither an archive nor
 * a mirror for the images.
 */
export const readReleaseFolder = async (
  dir: string,
  { hasMirror }: { hasMirror: boolean },
): Promise<ReleaseFolder> => {
  const entries = (await readdir(dir, { withFileTypes: true })).filter(({ name }) => !name.startsWith('.'));
  const manifests = entries
    .filter((entry) => !entry.isDirectory() && /\.ya?ml$/.test(entry.name))
    .map(({ name }) => join(dir, name));
  const folders = [dir, ...entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(dir, name))];
  const archives = new Set((await Promise.all(folders.map(archivesIn))).flat());
  if (manifests.length === 0)
    throw new PreconditionError({
      code: 'release-without-manifest',
      what: `${dir} has no manifest`,
      remedy: "put the release's longhorn.yaml into it",
    });
  if (archives.size === 0 && !hasMirror)
    throw new PreconditionError({
      code: 'release-without-images',
      what: `${dir} has no image archive`,
      remedy:
        "put the release's images into it, as *.tar, *.tar.gz, *.tgz, *.tar.zst or unpacked layouts, or name a --registry-mirror",
    });
  return { manifests: manifests.sort(), archives: [...archives].sort() };
};
