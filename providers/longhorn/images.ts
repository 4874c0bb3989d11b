import { completeName } from '../../lab/images/image-name.ts';
import { containersOf, flagsOf, type ManifestObject, nameOf } from './manifest.ts';

/**
 * What is lost without an image: everything, volumes for pods, the UI, or something that Longhorn starts
 * without.
 */
export type Need = 'all' | 'csi' | 'ui' | 'other';

/** An image that a manifest names, under its whole name, and who names it. */
export type NamedImage = { name: string; namedBy: string; need: Need };

/** The whole name of an image, by which the nodes know it: releases up to v1.9 leave the registry out. */
export const wholeName = (name: string): string => completeName(name) ?? name;

// Longhorn starts what these stand for only when a backing image or a support bundle is made.
const otherFlags = new Set(['backing-image-manager-image', 'support-bundle-manager-image']);

const needs: Record<string, Need> = {
  'DaemonSet longhorn-manager': 'all',
  'Deployment longhorn-driver-deployer': 'csi',
  'Deployment longhorn-ui': 'ui',
};

const imagesOf = ({ object }: ManifestObject): NamedImage[] => {
  const workload = nameOf(object);
  const need = needs[workload] ?? 'other';
  return containersOf(object).flatMap((container) => {
    const flags = [...flagsOf(container)].filter(([flag]) => /(^|-)image$/.test(flag));
    const variables = (container.env ?? []).filter(({ name }) => name.endsWith('_IMAGE'));
    const all: [name: string | undefined, by: string, need: Need][] = [
      [container.image, `container ${container.name}`, need],
      ...flags.map(([flag, value]): [string, string, Need] => [
        value,
        `--${flag}`,
        otherFlags.has(flag) ? 'other' : need,
      ]),
      ...variables.map(({ name, value }): [string | undefined, string, Need] => [value, name, need]),
    ];
    return all.flatMap(([name, by, need]) =>
      name ? [{ name: wholeName(name), namedBy: `${workload}, ${by}`, need }] : [],
    );
  });
};

const order: Need[] = ['all', 'csi', 'ui', 'other'];

/**
 * Every image that a manifest names (in containers, flags and variables), once, for the most that needs it.
 */
export const namedImages = (objects: readonly ManifestObject[]): NamedImage[] => {
  const images = new Map<string, NamedImage>();
  const all = objects.flatMap(imagesOf).toSorted((a, b) => order.indexOf(a.need) - order.indexOf(b.need));
  for (const image of all) if (!images.has(image.name)) images.set(image.name, image);
  return [...images.values()];
};
