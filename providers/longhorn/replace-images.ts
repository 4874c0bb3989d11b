import { PreconditionError } from '../../e2e/machine/precondition-error.ts';
import { imageArchives } from '../../lab/images/archives.ts';
import type { Replacement } from '../provider.ts';
import { completeImageName, namedImages } from './images.ts';
import type { ReleaseObject } from './manifest.ts';

/** A replaced image and its replacement, with complete names. */
export type Replaced = { from: string; to: string };

/** The last part of an image's name, without tag and digest. */
const lastPart = (name: string): string => /([^/:@]+)(:[^/@]*)?(@.*)?$/.exec(name)?.[1] ?? name;

const nameIn = async (archive: string, image: string): Promise<string> => {
  const names = (await imageArchives([archive])).images.map(({ name }) => name);
  const fitting = names.length === 1 ? names : names.filter((name) => lastPart(name) === image);
  const [name] = fitting;
  if (name !== undefined && fitting.length === 1) return name;
  throw new PreconditionError({
    code: 'replacement-not-one-image',
    what: `--image ${image}=${archive} has ${names.length === 0 ? 'no images' : names.join(', ')}`,
    remedy: `give an archive with one image, or one that is called ${image}`,
  });
};

const renamed = <T>(value: T, names: ReadonlyMap<string, string>): T => {
  if (typeof value === 'string') return (names.get(completeImageName(value)) ?? value) as T;
  if (Array.isArray(value)) return value.map((each) => renamed(each, names)) as T;
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, of]) => [key, renamed(of, names)])) as T;
};

/**
 * Replaces images of a release wherever it names them. Returns the new objects, and the archives with the
 * replacements. Throws PreconditionError if the release does not name such an image.
 */
export const replaceImages = async (
  release: readonly ReleaseObject[],
  replacements: readonly Replacement[],
): Promise<{ release: readonly ReleaseObject[]; archives: string[]; replaced: Replaced[] }> => {
  const all = namedImages(release).map(({ name }) => name);
  const replaced: Replaced[] = [];
  const archives: string[] = [];
  for (const { image, by } of replacements) {
    const names = all.filter((name) => lastPart(name) === image);
    if (names.length === 0)
      throw new PreconditionError({
        code: 'replaced-image-unknown',
        where: `--image ${image}=${by}`,
        what: 'the release has no image of that name',
        remedy: `give one of ${[...new Set(all.map(lastPart))].join(', ')}`,
      });
    if (by.startsWith('/')) archives.push(by);
    const to = by.startsWith('/') ? await nameIn(by, image) : completeImageName(by);
    replaced.push(...names.map((from) => ({ from, to })));
  }
  const names = new Map(replaced.map(({ from, to }) => [from, to]));
  return {
    release: release.map((each) => ({ ...each, object: renamed(each.object, names) })),
    archives,
    replaced,
  };
};
