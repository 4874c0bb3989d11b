import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { NotFit } from '../../e2e/machine/not-fit.ts';
import { cached } from '../cache/cache.ts';
import { archiveEntries, entriesOf } from './entries.ts';
import { readSources } from './read-sources.ts';
import { findSources } from './source.ts';

/**
 * Takes a program out of an image, whose archive or layout is at `path`: the file of that name in its topmost
 * layer, in the cache. Throws NotFit where there are several images, and for one without it.
 */
export const fileOfImage = async (path: string, file: string): Promise<string> => {
  const [found, ...others] = await readSources(await findSources(path));
  const [image, ...more] = found?.images ?? [];
  if (found === undefined || image === undefined || others.length + more.length > 0)
    throw new NotFit({
      code: 'archive-several-images',
      where: path,
      what: 'it holds several images',
      remedy: "save the engine's alone",
    });
  const dir = await cached({
    name: 'file-of-image',
    inputs: { recipe: 1, config: image.config, file },
    build: async (dir) => {
      const positions = new Map(image.layers.map(({ path }, position) => [path, position]));
      let topmost = -1;
      for await (const layer of entriesOf(found.source, {})) {
        const position = positions.get(layer.path);
        if (position === undefined || position < topmost) continue;
        for await (const entry of archiveEntries(layer.body, () => {})) {
          if (entry.path !== file) continue;
          await writeFile(join(dir, 'file'), entry.body, { mode: 0o755 });
          topmost = position;
        }
      }
      if (topmost < 0)
        throw new NotFit({
          code: 'file-not-in-image',
          where: path,
          what: `there is no ${file} in ${image.names[0] ?? 'its image'}`,
        });
    },
  });
  return join(dir, 'file');
};
