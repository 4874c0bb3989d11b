import { completeName } from '../../lab/images/image-name.ts';
import { containersOf, flagsOf, manifestObjectName, type ReleaseObject } from './manifest.ts';

/**
 * What is lost without an image: everything, volumes for pods, the UI, or something that Longhorn starts
 * without.
 */
export type ImageNeed = 'all' | 'csi' | 'ui' | 'other';

/** An image that a manifest names, under its whole name, and who names it. */
export type NamedImage = { name: string; namedBy: string; need: ImageNeed };

/** The whole name of an image, by which the nodes know it: releases up to v1.9 leave the registry out. */
export const wholeName = (name: string): string => completeName(name) ?? name;

// Longhorn starts what these stand for only when a backing image or a support bundle is made.
const otherFlags = new Set(['backing-image-manager-image', 'support-bundle-manager-image']);

const needs: Record<string, ImageNeed> = {
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
    const all: [name: string | undefined, by: string, need: ImageNeed][] = [
      [container.image, `container ${container.name}`, need],
      ...flags.map(([flag, value]): [string, string, ImageNeed] => [
        value,
        `--${flag}`,
        otherFlags.has(flag) ? 'other' : need,
      ]),
      ...variables.map(({ name, value }): [string | undefined, string, ImageNeed] => [value, name, need]),
    ];
    return all.flatMap(([name, by, need]) =>
      name ? [{ name: wholeName(name), namedBy: `${workload}, ${by}`, need }] : [],
    );
  });
};

const order: ImageNeed[] = ['all', 'csi', 'ui', 'other'];

/**
 * Every image that a manifest names (in containers, flags and variables), once, for the most that needs it.
 */
export const namedImages = (objects: readonly ReleaseObject[]): NamedImage[] => {
  const images = new Map<string, NamedImage>();
  const all = objects.flatMap(imagesOf).toSorted((a, b) => order.indexOf(a.need) - order.indexOf(b.need));
  for (const image of all) if (!images.has(image.name)) images.set(image.name, image);
  return [...images.values()];
};
