import { readFile, realpath, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { count } from '../../e2e/kube/count.ts';
import { NotFit } from '../../e2e/machine/not-fit.ts';
import { cached, type Part } from '../cache/cache.ts';
import { describeBytes, tellDetail } from '../step.ts';
import { type Contents, readContents } from './contents.ts';
import { Damaged } from './documents.ts';
import type { FoundImage } from './found-image.ts';
import { readDockerSave } from './read-docker-save.ts';
import { readLayout } from './read-layout.ts';
import { archiveName, filesOf, type Source } from './source.ts';

/** A source, and the images that are taken from it. */
export type Found = { source: Source; images: readonly FoundImage[] };

/** The folders of an archive that hold images: its root as a rule, or those that were packed as folders. */
const rootsOf = ({ paths }: Contents, name: string): string[] =>
  paths.filter((path) => basename(path) === name).map((path) => path.slice(0, -name.length));

const hasImages = (contents: Contents): boolean =>
  ['index.json', 'manifest.json'].some((name) => rootsOf(contents, name).length > 0);

const imagesIn = (contents: Contents): FoundImage[] => {
  const layouts = rootsOf(contents, 'index.json');
  // A newer `docker save` is both; the layout says more.
  const saves = rootsOf(contents, 'manifest.json').filter((root) => !layouts.includes(root));
  if (layouts.length + saves.length === 0)
    throw new Damaged(
      `it is no image archive: neither an index.json (OCI) nor a manifest.json (docker save) is in it${contents.missingHint}`,
    );
  const images = [
    ...layouts.flatMap((root) => readLayout(contents, root)),
    ...saves.flatMap((root) => readDockerSave(contents, root)),
  ];
  if (images.length === 0) throw new Damaged('it holds no image');
  return images;
};

/** A tar without an image of its own may have archives in it. */
const readAs = async (source: Source, onBytes: (bytes: number) => void): Promise<Found> => {
  let sofar = 0;
  const contents = await readContents(source, (bytes) => {
    sofar += bytes;
    onBytes(bytes);
  });
  const isBundle =
    source.kind === 'archive' &&
    !hasImages(contents) &&
    contents.paths.some((path) => archiveName.test(path));
  if (!isBundle) return { source, images: imagesIn(contents) };
  // It is read once more, from its beginning.
  onBytes(-sofar);
  return readAs({ ...source, kind: 'bundle' }, onBytes);
};

/** Reads and checks everything in a source; throws NotFit with its path for whatever is wrong with it. */
const read = async (source: Source, onBytes: (bytes: number) => void): Promise<Found> => {
  try {
    return await readAs(source, onBytes);
  } catch (error) {
    if (error instanceof Damaged)
      throw new NotFit({ code: 'archive-damaged', where: source.path, what: error.message });
    throw error;
  }
};

/**
 * What changes when a file does: a program may set a file's times, but not the time of that change (ctime).
 */
const identityOf = async (source: Source): Promise<unknown> => {
  const root = await realpath(source.path);
  const files = await filesOf(source);
  const identify = async (file: string) => {
    const { size, mtimeNs, ctimeNs, ino, dev } = await stat(
      source.kind === 'folder' ? join(root, file) : root,
      { bigint: true },
    );
    return [file, size, mtimeNs, ctimeNs, ino, dev].map(String);
  };
  return { root, files: await Promise.all(files.map(identify)) };
};

const sizeOf = async (sources: readonly Source[]): Promise<number> => {
  const sizes = sources.map(async (source) => {
    const files = await filesOf(source);
    const paths = files.map((file) => (source.kind === 'folder' ? join(source.path, file) : file));
    return (await Promise.all(paths.map((path) => stat(path)))).reduce((sum, { size }) => sum + size, 0);
  });
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
};

/**
 * What was found in sources: a part of its own, so that they are not read again as long as their files do not
 * change.
 */
const partOf = (sources: readonly Source[], identities: readonly unknown[]): Part => ({
  name: 'read-archives',
  inputs: { recipe: 2, sources, identities },
  build: async (dir) => {
    const found: Found[] = [];
    const all = await sizeOf(sources);
    let sofar = 0;
    const onBytes = (bytes: number): void => {
      sofar += bytes;
      const archives = `${found.length} of ${count(sources.length, 'archive')}`;
      tellDetail(describeBytes({ done: sofar, all }, archives));
    };
    // One after the other: a disk is read best that way, and each takes one processor.
    for (const source of sources) found.push(await read(source, onBytes));
    for (const [position, source] of sources.entries()) {
      if (JSON.stringify(await identityOf(source)) !== JSON.stringify(identities[position]))
        throw new NotFit({
          code: 'archive-changed',
          where: source.path,
          what: 'it was changed while it was read',
          remedy: 'run the command again when it is complete',
        });
    }
    await writeFile(join(dir, 'images.json'), JSON.stringify(found));
  },
});

/**
 * The images in each source, whole and sound: every digest and size was checked.
 *
 * That takes one pass over all of them, the first time.
 */
export const readSources = async (sources: readonly Source[]): Promise<Found[]> => {
  const dir = await cached(partOf(sources, await Promise.all(sources.map(identityOf))));
  return JSON.parse(await readFile(join(dir, 'images.json'), 'utf8')) as Found[];
};
