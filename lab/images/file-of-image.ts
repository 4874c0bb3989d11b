import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { PreconditionError } from '../../e2e/machine/precondition-error.ts';
import { ensureCached } from '../cache/cache.ts';
import { readArchive } from './read-archive.ts';
import { copyImage, imageCommand } from './skopeo.ts';
import { findSources } from './source.ts';

/** Extracts a file from a layer, whichever form its path has in the layer. Returns whether the layer has it. */
const extractFromLayer = async (layer: string, file: string, dir: string): Promise<boolean> => {
  const paths = (await imageCommand('tar', ['-tf', layer], dir)).split('\n');
  const path = paths.find((each) => each.replace(/^\.?\//, '') === file);
  if (path === undefined) return false;
  await imageCommand('tar', ['-xf', layer, '--no-same-owner', '--', path], dir);
  return true;
};

/**
 * Extracts a file from an image, whose archive or layout is at `path`, into the cache: the file of that name in the
 * topmost layer that has it. Throws PreconditionError if there are several images, or if the image lacks the file.
 */
export const extractFile = async (path: string, file: string): Promise<string> => {
  const [source, ...others] = await findSources(path);
  const { layout, images } = source === undefined ? { layout: '', images: [] } : await readArchive(source);
  const [image, ...more] = images;
  if (image === undefined || others.length + more.length > 0)
    throw new PreconditionError({
      code: 'archive-several-images',
      where: path,
      what: 'it holds several images',
      remedy: "save the engine's alone",
    });
  const dir = await ensureCached({
    name: 'file-of-image',
    inputs: { recipe: 2, config: image.config, file },
    build: async (dir) => {
      const work = join(dir, 'work');
      await mkdir(work);
      const from = `oci:${relative(work, layout)}:${image.name}`;
      await copyImage(from, 'dir:image', { folder: work, options: ['--dest-decompress'] });
      const { layers } = JSON.parse(await readFile(join(work, 'image/manifest.json'), 'utf8')) as {
        layers: { digest: string }[];
      };
      const topmost = layers.toReversed().map(({ digest }) => `image/${digest.slice('sha256:'.length)}`);
      for (const layer of topmost) {
        if (!(await extractFromLayer(layer, file, work))) continue;
        await rename(join(work, file), join(dir, 'file'));
        return rm(work, { recursive: true });
      }
      throw new PreconditionError({
        code: 'file-not-in-image',
        where: path,
        what: `there is no ${file} in ${image.name}`,
      });
    },
  });
  return join(dir, 'file');
};
