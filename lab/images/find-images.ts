import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { z } from 'zod';
import { PreconditionError } from '../../e2e/machine/precondition-error.ts';
import { completeName } from './image-name.ts';
import { nodePlatform } from './layout.ts';
import { imageCommand } from './skopeo.ts';
import { archiveName } from './source.ts';

/** An image of an archive: its source for skopeo, relative to the work folder, and the names that it gets. */
type ImageReference = { from: string; names: string[] };

const indexSchema = z.object({
  manifests: z.array(
    z.object({
      digest: z.string(),
      platform: z.object({ os: z.string(), architecture: z.string() }).optional(),
      annotations: z.record(z.string(), z.string()).nullish(),
    }),
  ),
});

/** `manifest.json` of `docker save`. */
const dockerSchema = z.array(z.object({ Config: z.string(), RepoTags: z.array(z.string()).nullish() }));

const readJson = async <T>(file: string, schema: z.ZodType<T>): Promise<T> => {
  try {
    return schema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (cause) {
    throw new PreconditionError(
      { code: 'archive-damaged', what: `its ${basename(file)} cannot be read as that of images` },
      { cause },
    );
  }
};

/** Completes the names, because kubelet looks images up by complete names. */
const namesOf = (image: string, given: readonly string[], hint = ''): string[] => {
  if (given.length === 0)
    throw new PreconditionError({
      code: 'image-without-name',
      what: `the image ${image} has no name${hint}`,
      remedy: 'save it by its name, as in `docker save NAME:TAG`',
    });
  return given.map((name) => {
    const whole = completeName(name);
    if (whole === undefined)
      throw new PreconditionError({
        code: 'image-name-wrong',
        what: `the image ${image} has an invalid name: ${name}`,
      });
    return whole;
  });
};

type Entry = z.infer<typeof indexSchema>['manifests'][number];

const isForNodes = ({ platform }: Entry): boolean =>
  platform === undefined || `${platform.os}/${platform.architecture}` === nodePlatform;

/**
 * The name of an entry of `index.json`. containerd's annotation has a complete name, the other annotation may
 * have only a tag.
 */
const nameOf = ({ digest, annotations }: Entry): string => {
  const reference = annotations?.['org.opencontainers.image.ref.name'];
  const name = annotations?.['io.containerd.image.name'] ?? reference;
  const isTag = name !== undefined && !/[/:@]/.test(name);
  const [whole] = namesOf(
    digest,
    name === undefined || isTag ? [] : [name],
    isTag ? `, only the tag ${name}` : '',
  );
  return whole as string;
};

const inLayout = async (folder: string, work: string): Promise<ImageReference[]> => {
  const { manifests } = await readJson(join(folder, 'index.json'), indexSchema);
  const entries = [...manifests.entries()].filter(([, entry]) => isForNodes(entry));
  if (entries.length === 0)
    throw new PreconditionError({ code: 'image-platform', what: `it holds no image for ${nodePlatform}` });
  return entries.map(([position, entry]) => ({
    from: `oci:${relative(work, folder)}:@${position}`,
    names: [nameOf(entry)],
  }));
};

/**
 * skopeo reads these only as archives, and follows no links in them. Older versions of Docker use links to
 * repeat a layer, and tar would write a file that it meets twice as a hard link.
 */
const inDockerSave = async (folder: string, work: string): Promise<ImageReference[]> => {
  const images = await readJson(join(folder, 'manifest.json'), dockerSchema);
  const packed = `packed-${(await readdir(work)).length}.tar`;
  await imageCommand('tar', ['-C', folder, '--dereference', '--hard-dereference', '-cf', packed, '.'], work);
  return images.map(({ Config, RepoTags }, position) => ({
    from: `docker-archive:${packed}:@${position}`,
    names: namesOf(RepoTags?.[0] ?? Config, RepoTags ?? []),
  }));
};

/** Unpacks an archive with any compression into a folder of `work`. */
export const unpackArchive = async (archive: string, work: string): Promise<string> => {
  const folder = `unpacked-${(await readdir(work)).length}`;
  await imageCommand('tar', [`--one-top-level=${folder}`, '--no-same-owner', '-xf', archive], work);
  return join(work, folder);
};

/**
 * Finds the images in an unpacked archive, either a layout or the output of `docker save`. They may be in the
 * folder itself, in its subfolders, or in archives in it.
 */
export const findImages = async (folder: string, work: string): Promise<ImageReference[]> => {
  const names = (await readdir(folder)).sort();
  // The output of a newer `docker save` is both. The layout has more information.
  if (names.includes('index.json')) return inLayout(folder, work);
  if (names.includes('manifest.json')) return inDockerSave(folder, work);
  const found: ImageReference[] = [];
  for (const name of names) {
    const path = join(folder, name);
    if ((await stat(path)).isDirectory()) found.push(...(await findImages(path, work)));
    else if (archiveName.test(name)) found.push(...(await findImages(await unpackArchive(path, work), work)));
  }
  return found;
};
