import { flagsOf } from '../../e2e/kube/pods.ts';
import { completeName } from '../../lab/images/image-name.ts';
import { containersOf, manifestObjectName, type ReleaseObject } from './manifest.ts';

/** What does not work without an image: everything, volumes for pods, the UI, or only something optional. */
type ImageImportance = 'all' | 'csi' | 'ui' | 'other';

/** An image in a manifest, with its complete name, and the field that names it. */
export type NamedImage = { name: string; namedBy: string; need: ImageImportance };

/** The complete name of an image, which the nodes use. Releases up to v1.9 omit the registry. */
export const completeImageName = (name: string): string => completeName(name) ?? name;

// Longhorn starts the images of these flags only for a backing image or a support bundle.
const otherFlags = new Set(['backing-image-manager-image', 'support-bundle-manager-image']);

const needs: Record<string, ImageImportance> = {
  'DaemonSet longhorn-manager': 'all',
  'Deployment longhorn-driver-deployer': 'csi',
  'Deployment longhorn-ui': 'ui',
};

const imagesOf = ({ object }: ReleaseObject): NamedImage[] => {
  const workload = manifestObjectName(object);
  const need = needs[workload] ?? 'other';
  return containersOf(object).flatMap((container) => {
    const flags = [...flagsOf(container)].filter(([flag]) => /(^|-)image$/.test(flag));
    const variables = (container.env ?? []).filter(({ name }) => name.endsWith('_IMAGE'));
    const all: [name: string | undefined, by: string, need: ImageImportance][] = [
      [container.image, `container ${container.name}`, need],
      ...flags.map(([flag, value]): [string, string, ImageImportance] => [
        value,
        `--${flag}`,
        otherFlags.has(flag) ? 'other' : need,
      ]),
      ...variables.map(({ name, value }): [string | undefined, string, ImageImportance] => [
        value,
        name,
        need,
      ]),
    ];
    return all.flatMap(([name, by, need]) =>
      name ? [{ name: completeImageName(name), namedBy: `${workload}, ${by}`, need }] : [],
    );
  });
};

const order: ImageImportance[] = ['all', 'csi', 'ui', 'other'];

/**
 * Returns every image that a manifest names (in containers, flags and variables) once, with its most important need.
 */
export const namedImages = (objects: readonly ReleaseObject[]): NamedImage[] => {
  const images = new Map<string, NamedImage>();
  const all = objects.flatMap(imagesOf).toSorted((a, b) => order.indexOf(a.need) - order.indexOf(b.need));
  for (const image of all) if (!images.has(image.name)) images.set(image.name, image);
  return [...images.values()];
};
