import { tmpdir } from 'node:os';
import { PreconditionError } from '../../e2e/machine/precondition-error.ts';
import { CommandFailed } from '../build/command.ts';
import { isDiskError } from '../build/disk-error.ts';
import { type CachedArtifact, ensureCached } from '../cache/cache.ts';
import { completeName } from './image-name.ts';
import { imagesOfLayout } from './layout.ts';
import { copyImage, failureReason, imageCommand } from './skopeo.ts';

/** skopeo's exit code for an image that the registry lacks. */
const NOT_THERE = 2;

/** An image could not be pulled from its registry. */
export class PullFailed extends PreconditionError {}

/**
 * Returns skopeo's address of an image: at its own registry, or in a mirror with the same path without the
 * registry's name (`docker.io/longhornio/x` is `longhornio/x` there). Throws PreconditionError for an invalid name.
 */
export const imageAddress = (image: string, mirror: string | undefined): string => {
  const whole = completeName(image);
  if (whole === undefined)
    throw new PreconditionError({
      code: 'image-name-wrong',
      what: `${image} is no name that an image could have`,
    });
  // skopeo accepts only a tag or a digest, and the digest is more precise.
  const name = whole.replace(/:[^:@/]+(?=@)/, '');
  if (mirror === undefined) return `docker://${name}`;
  const { host, pathname } = new URL(mirror);
  return `docker://${host}${pathname.replace(/\/+$/, '')}${name.slice(name.indexOf('/'))}`;
};

/** The manifest or index of an image in its registry, undefined if there is none. */
const fetchManifest = async (address: string, tls: string): Promise<string | undefined> => {
  try {
    const args = ['inspect', '--raw', `--tls-verify=${tls}`, address];
    return await imageCommand('skopeo', args, tmpdir());
  } catch (error) {
    if (error instanceof CommandFailed && error.exitCode === NOT_THERE) return undefined;
    throw error;
  }
};

/** An image as a layout. It is a separate artifact, so that it is kept if the pull of another image fails. */
const layoutOf = (
  name: string,
  { address, tls, found }: Record<'address' | 'tls' | 'found', string>,
): CachedArtifact => ({
  name: `pulled-${name.replace(/[:@].*$/, '').replaceAll(/[^a-z0-9]+/g, '-')}`,
  inputs: { recipe: 2, name, found },
  build: async (dir) => {
    await copyImage(address, `oci:.:${name}`, { folder: dir, options: [`--src-tls-verify=${tls}`] });
    await imagesOfLayout(dir);
  },
});

const pullImage = async (name: string, mirror: string | undefined): Promise<string | undefined> => {
  const address = imageAddress(name, mirror);
  const tls = String(!mirror?.startsWith('http:'));
  try {
    const found = await fetchManifest(address, tls);
    return found === undefined ? undefined : await ensureCached(layoutOf(name, { address, tls, found }));
  } catch (error) {
    if (!(error instanceof CommandFailed) || isDiskError(error)) throw error;
    throw new PullFailed({
      code: 'image-not-pulled',
      what: `${name} cannot be pulled (${failureReason(error)})`,
    });
  }
};

/**
 * Pulls images for the nodes' platform from their registries, or all from a mirror, and returns the folders
 * of their layouts. An image is not pulled again while its name refers to the same content. An image that its
 * registry lacks is left out. Throws PullFailed for any other failure.
 */
export const pullImages = async (
  names: readonly string[],
  { mirror, onProgress }: { mirror: string | undefined; onProgress: (text: string) => void },
): Promise<string[]> => {
  const layouts: (string | undefined)[] = [];
  for (const [position, name] of names.entries()) {
    onProgress(`${position} of ${names.length} images`);
    layouts.push(await pullImage(name, mirror));
  }
  return layouts.filter((layout) => layout !== undefined);
};
