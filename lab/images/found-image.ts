import type { Compression } from './compression.ts';
import { documentOf } from './contents.ts';
import {
  configSchema,
  Damaged,
  type Descriptor,
  fitsNodes,
  nodePlatform,
  platformName,
} from './documents.ts';
import { completeName } from './image-name.ts';
import type { Member, Weight } from './member.ts';

/** A layer: its blob, the file that it is in, and how much it holds. */
export type Layer = Weight & { path: string; form: 'plain' | Compression; unpacked: number };

/** An image that was found in an archive, whole and sound. */
export type FoundImage = {
  /** Complete, as kubelet looks for them. */
  names: string[];
  /** What the names stand for: a manifest, or the index of one that is made for several platforms. */
  target: Descriptor;
  /** The digest of its configuration: images with the same one are the same, however they were packed. */
  config: string;
  /** Index, manifest and configuration, by digest. */
  documents: Record<string, string>;
  layers: Layer[];
};

/** Completes the names of an image; throws Damaged when it has none by which it could be asked for. */
export const imageNames = (image: string, given: readonly string[], hint: string): string[] => {
  if (given.length === 0)
    throw new Damaged(
      `the image ${image} has no name${hint}: save it by its name, as in \`docker save NAME:TAG\``,
    );
  return given.map((name) => {
    const whole = completeName(name);
    if (whole === undefined) throw new Damaged(`the image ${image} has a name that is none: ${name}`);
    return whole;
  });
};

/** Reads and checks an image's configuration and the layers that it names. */
export const imageParts = (options: {
  image: string;
  config: Member;
  layers: readonly Member[];
}): { config: Member & { text: string }; layers: Layer[] } => {
  const { image, config, layers } = options;
  const document = documentOf(config, configSchema, `the configuration of ${image}`);
  const platform = platformName(document);
  if (!fitsNodes(platform))
    throw new Damaged(`the image ${image} is for ${platform}, and the nodes are ${nodePlatform}`);
  const { diff_ids } = document.rootfs;
  if (diff_ids.length !== layers.length)
    throw new Damaged(
      `the image ${image} has ${layers.length} layers, its configuration names ${diff_ids.length}`,
    );
  return {
    config: config as Member & { text: string },
    layers: layers.map((layer, position) =>
      checkLayer(layer, `the layer ${position + 1} of ${image}`, diff_ids[position] as string),
    ),
  };
};

const checkLayer = (
  { path, digest, size, compression, content = { digest, size } }: Member,
  what: string,
  diffId: string,
): Layer => {
  if ('broken' in content) throw new Damaged(`${what} is damaged: ${path}: ${content.broken}`);
  if (content.digest !== diffId)
    throw new Damaged(
      `${what} is damaged: ${path} holds ${content.digest}, the image's configuration says ${diffId}`,
    );
  return { path, digest, size, form: compression ?? 'plain', unpacked: content.size };
};
