import { pluralize } from '../../e2e/kube/text.ts';
import { PreconditionError } from '../../e2e/machine/precondition-error.ts';
import { type CombinedArchives, imageArchives } from '../../lab/images/archives.ts';
import { storeImage } from '../../lab/images/core.ts';
import { PullFailed, pullImages } from '../../lab/images/pull.ts';
import { withProgress } from '../../lab/step.ts';
import type { ProgressDisplay } from '../provider.ts';
import type { LonghornTarget } from '../target.ts';
import { adaptToCluster, describeChange } from './adapt-release.ts';
import { type NamedImage, namedImages } from './images.ts';
import { installRelease } from './install.ts';
import { type ReleaseObject, requireManager, writeObjects } from './manifest.ts';
import type { Replaced } from './replace-images.ts';

/**
 * The lab for a release. Three nodes with a v1.12.1 used 3.3 GB in total, and a node that is short of memory
 * loses its engines.
 */
export const releaseSize = { nodes: 3, memory: '2560M', disk: '12G' };

const lost: Record<Exclude<NamedImage['need'], 'all'>, string> = {
  csi: 'the CSI driver is not started, nor waited for',
  ui: 'the UI is not started',
  other: 'what needs it does not start',
};

/** A release, and the source of its images. */
type ReleaseSource = {
  name: 'official' | 'archive';
  /** Name of the release in error messages: its folder or version. */
  title: string;
  release: readonly ReleaseObject[];
  /** Paths of image archives and layouts. */
  archives: readonly string[];
  /** Source of images that no archive has. Undefined: none are pulled. */
  pull: { mirror: string | undefined; from: string } | undefined;
  /** Images that were replaced by others. */
  replaced: readonly Replaced[];
};

/**
 * Checks a release before its installation, and returns warnings about missing images. Throws PreconditionError if a
 * required part is missing.
 */
const check = ({ title, release, pull }: ReleaseSource, missing: readonly NamedImage[]): string[] => {
  requireManager(release, title);
  const needed = missing.filter(({ need }) => need === 'all');
  const named = needed.map(({ name, namedBy }) => `${name} (${namedBy})`).join('; ');
  if (needed.length > 0)
    throw new PreconditionError({
      code: 'release-without-images',
      what: `${title} lacks ${needed.length === 1 ? 'an image' : `${needed.length} images`} that the manifest names${pull ? `, and so does ${pull.from}` : ''}: ${named}`,
      remedy: 'add their archives',
    });
  const nowhere = pull ? `neither among the archives nor in ${pull.from}` : 'not among the archives';
  return missing.flatMap(({ name, namedBy, need }) =>
    need === 'all' ? [] : [`${name} (${namedBy}) is ${nowhere}: ${lost[need]}`],
  );
};

/** Collects the images that the release names: from the archives, and the others by pulling. */
const gather = async (
  { title, archives, release, pull }: ReleaseSource,
  progress: ProgressDisplay,
): Promise<CombinedArchives> => {
  const findImages = () => imageArchives(archives);
  const given =
    archives.length > 0
      ? await progress.step(`Look through the images in ${title}`, (update) =>
          withProgress(update, findImages),
        )
      : await findImages();
  const there = new Set(given.images.map(({ name }) => name));
  const absent = namedImages(release).flatMap(({ name }) => (there.has(name) ? [] : [name]));
  if (pull === undefined || absent.length === 0) return given;
  const layouts = await progress.step(
    `Pull ${pluralize(absent.length, 'image')} from ${pull.from}`,
    (onProgress) =>
      pullImages(absent, { mirror: pull.mirror, onProgress }).catch((error: unknown) => {
        if (!(error instanceof PullFailed)) throw error;
        const instead =
          'name a mirror by --registry-mirror URL, or use --longhorn archive:DIR with the image archives in DIR';
        throw new PreconditionError({
          code: error.code,
          what: error.what,
          remedy:
            pull.mirror === undefined
              ? instead
              : 'see whether the mirror runs, and is where --registry-mirror says',
        });
      }),
  );
  return imageArchives([...archives, ...layouts]);
};

/**
 * A Longhorn from a release's manifest and images, adapted to the cluster. Throws PreconditionError if it cannot be
 * installed.
 */
export const releaseTarget = async (
  source: ReleaseSource,
  progress: ProgressDisplay,
): Promise<LonghornTarget> => {
  const { artifact, images } = await gather(source, progress);
  const given = new Set(images.map(({ name }) => name));
  const missing = namedImages(source.release).filter(({ name }) => !given.has(name));
  for (const line of check(source, missing)) progress.note(line);
  const { objects, changes } = adaptToCluster(source.release, { missing });
  for (const change of changes) progress.note(`Fitted to the cluster: ${describeChange(change)}`);
  const digests = new Map(images.map(({ name, digest }) => [name, digest]));
  const replaced = source.replaced.map(({ from, to }) => ({ from, to, digest: digests.get(to) ?? null }));
  for (const { from, to, digest } of replaced)
    progress.note(`Replaced: ${from} by ${to}${digest === null ? '' : ` (${digest})`}`);
  return {
    name: source.name,
    ...(replaced.length > 0 && { replaced }),
    archives: [artifact],
    size: releaseSize,
    // Seen on a real v1.12.1 (35 min for 18 scenarios on two processors): most of the time, scenarios wait
    // for Longhorn's clocks.
    maxBegunPerCpu: 2,
    manifest: async () =>
      writeObjects(objects)
        .map(({ text }) => text)
        .join('---\n'),
    install: ({ kubeconfig, nodes, signal }) =>
      progress
        .step('Install Longhorn and wait until it can be used', (onProgress) =>
          installRelease({ kubeconfig, objects, nodes, storeImage, signal, onProgress }),
        )
        .then(({ version, summary }) => {
          progress.note(summary);
          return { version };
        }),
  };
};
