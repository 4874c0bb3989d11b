import { imageArchives } from '../../lab/images/archives.ts';
import { storeImage } from '../../lab/images/core.ts';
import { readManifests } from '../../lab/manifests/read.ts';
import { labNodes } from '../../lab/run/topology.ts';
import { NotFit, type Progress } from '../provider.ts';
import type { Target } from '../target.ts';
import { describeChange, fitToLab } from './fit.ts';
import { lookThrough } from './folder.ts';
import { type NamedImage, namedImages } from './images.ts';
import { installRelease } from './install.ts';
import { find, type ManifestObject, readObjects } from './manifest.ts';

// Three nodes with a Longhorn v1.12.1 in them took 3.3 GB, all in all; a node that is short of memory loses its engines.
const size = { nodes: 3, memory: '2560M', disk: '12G' };

const lost: Record<Exclude<NamedImage['need'], 'all'>, string> = {
  csi: 'the CSI driver is not started, nor waited for',
  ui: 'the UI is not started',
  other: 'what needs it does not start',
};

/** What is told of a release before it is brought up. Throws NotFit when something is missing without which nothing works. */
const check = (dir: string, { release, missing }: { release: readonly ManifestObject[]; missing: readonly NamedImage[] }): string[] => {
  if (find(release, 'DaemonSet', 'longhorn-manager') === undefined)
    throw new NotFit(`no manifest in ${dir} has the DaemonSet longhorn-manager: put the release's longhorn.yaml into it`);
  const needed = missing.filter(({ need }) => need === 'all');
  if (needed.length > 0)
    throw new NotFit(
      `${dir} lacks ${needed.length === 1 ? 'an image' : `${needed.length} images`} that the manifest names: ${needed.map(({ name, namedBy }) => `${name} (${namedBy})`).join('; ')}: add their archives`,
    );
  return missing.flatMap(({ name, namedBy, need }) =>
    need === 'all' ? [] : [`${name} (${namedBy}) is not among the archives: ${lost[need]}`],
  );
};

/** A Longhorn from a folder with its release's manifests and image archives, fitted to the lab. Throws NotFit for one that cannot be brought up. */
export const archiveTarget = async (dir: string, progress: Progress): Promise<Target> => {
  const { manifests, archives } = await lookThrough(dir);
  const release = readObjects(await readManifests(manifests));
  const { part, images } = await progress.step(`Look through the images in ${dir}`, () => imageArchives(archives));
  const given = new Set(images.map(({ name }) => name));
  const missing = namedImages(release).filter(({ name }) => !given.has(name));
  for (const line of check(dir, { release, missing })) progress.note(line);
  const { objects, changes } = fitToLab(release, { missing });
  for (const change of changes) progress.note(`Fitted to the lab: ${describeChange(change)}`);
  return {
    name: 'archive',
    archives: [part],
    size,
    install: ({ kubeconfig, signal }) =>
      progress
        .step('Install Longhorn and wait until it can be used', (onProgress) =>
          installRelease({ kubeconfig, objects, nodes: labNodes(size.nodes).map(({ name }) => name), storeImage, signal, onProgress }),
        )
        .then(({ version, told }) => {
          progress.note(told);
          return version;
        }),
  };
};
