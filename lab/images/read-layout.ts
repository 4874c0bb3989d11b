import { posix } from 'node:path';
import { type Contents, checkedMember, documentOf } from './contents.ts';
import {
  configSchema,
  Damaged,
  type Descriptor,
  fitsNodes,
  indexSchema,
  manifestSchema,
  nodePlatform,
  platformName,
} from './documents.ts';
import { type FoundImage, imageNames, imageParts } from './found-image.ts';
import type { Member } from './member.ts';

const imageConfigs = new Set([
  'application/vnd.oci.image.config.v1+json',
  'application/vnd.docker.container.image.v1+json',
]);
const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const NAME = 'io.containerd.image.name';
const REFERENCE = 'org.opencontainers.image.ref.name';

/** An image for one platform; nothing was found where it was not looked at, as it is for another one. */
type Variant = {
  platform: string;
  found?: { manifest: Member; mediaType: string; config: Member; layers: Member[] };
};

/**
 * What a descriptor leads to; `isLoose` when containerd would miss something there that is not taken along.
 */
type Reached = { documents: Member[]; variants: Variant[]; isLoose: boolean };

/** A layout that is being read: where it lies in its archive, and the documents that were met so far. */
type Layout = { contents: Contents; root: string };

const blob = ({ contents, root }: Layout, { digest, size }: Descriptor, what: string): Member => {
  const path = posix.join(root, 'blobs/sha256', digest.slice('sha256:'.length));
  return checkedMember(contents, path, { what, digest, size });
};

const nothing: Reached = { documents: [], variants: [], isLoose: true };

/**
 * The images for single platforms that a descriptor leads to; what builders and signers add about an image is
 * none.
 *
 * Of an index, containerd wants everything but what is said to be for another platform in the index itself.
 */
const reach = (layout: Layout, descriptor: Descriptor, image: string): Reached => {
  const { platform, annotations } = descriptor;
  if (platform && !fitsNodes(platformName(platform)))
    return {
      documents: [],
      variants: platform.os === 'unknown' ? [] : [{ platform: platformName(platform) }],
      isLoose: false,
    };
  if (annotations?.['vnd.docker.reference.type'] !== undefined) return nothing;
  const document = blob(layout, descriptor, `the manifest of ${image}`);
  const { manifests } = documentOf(document, indexSchema.partial(), `the manifest of ${image}`);
  return manifests ? reachAll(layout, { document, manifests, image }) : reachOne(layout, document, image);
};

const reachAll = (
  layout: Layout,
  index: { document: Member; manifests: Descriptor[]; image: string },
): Reached => {
  const inner = index.manifests.map((each) => reach(layout, each, index.image));
  const variants = inner.flatMap(({ variants }) => variants);
  return {
    documents: [index.document, ...inner.flatMap(({ documents }) => documents)],
    variants,
    isLoose: inner.some(({ isLoose }) => isLoose) || variants.filter(({ found }) => found).length > 1,
  };
};

const reachOne = (layout: Layout, document: Member, image: string): Reached => {
  const manifest = documentOf(document, manifestSchema, `the manifest of ${image}`);
  if (!imageConfigs.has(manifest.config.mediaType)) return nothing;
  const config = blob(layout, manifest.config, `the configuration of ${image}`);
  const platform = platformName(documentOf(config, configSchema, `the configuration of ${image}`));
  if (!fitsNodes(platform)) return { ...nothing, variants: [{ platform }] };
  const layers = manifest.layers.map((layer, position) =>
    blob(layout, layer, `the layer ${position + 1} of ${image}`),
  );
  const found = { manifest: document, mediaType: manifest.mediaType ?? MANIFEST, config, layers };
  return { documents: [document, config], variants: [{ platform, found }], isLoose: false };
};

/**
 * The name that an entry of `index.json` gives.
 *
 * containerd's annotation is a whole name. The other may be a tag alone, which containerd would import under
 * a name of its own making.
 */
const nameOf = ({ annotations }: Descriptor): { name?: string; hint: string } => {
  const name = annotations?.[NAME];
  if (name) return { name, hint: '' };
  const reference = annotations?.[REFERENCE];
  if (reference && /[/:@]/.test(reference)) return { name: reference, hint: '' };
  return { hint: reference ? `, only the tag ${reference}` : '' };
};

/** What a name is to stand for: an index as it is, where containerd can do with what is taken of it. */
const targetOf = (
  descriptor: Descriptor,
  { isLoose }: Reached,
  { manifest, mediaType }: NonNullable<Variant['found']>,
): Descriptor =>
  isLoose
    ? { mediaType, digest: manifest.digest, size: manifest.size }
    : { mediaType: descriptor.mediaType, digest: descriptor.digest, size: descriptor.size };

const readEntry = (
  layout: Layout,
  descriptor: Descriptor,
): { name: string; image?: FoundImage; platforms: string[] } | undefined => {
  const { name, hint } = nameOf(descriptor);
  const reached = reach(layout, descriptor, name ?? descriptor.digest);
  const { documents, variants } = reached;
  if (variants.length === 0) return undefined;
  const [whole] = imageNames(descriptor.digest, name === undefined ? [] : [name], hint) as [string];
  const found = variants.find((variant) => variant.found)?.found;
  if (found === undefined) return { name: whole, platforms: variants.map(({ platform }) => platform) };
  const { config, layers } = imageParts({ image: whole, ...found });
  const image = {
    names: [whole],
    target: targetOf(descriptor, reached, found),
    config: config.digest,
    documents: Object.fromEntries(documents.map(({ digest, text = '' }) => [digest, text])),
    layers,
  };
  return { name: whole, platforms: [], image };
};

/**
 * The images of an OCI layout, those for other platforms left out; throws Damaged for one that is for others
 * only.
 */
export const readLayout = (contents: Contents, root: string): FoundImage[] => {
  const index = checkedMember(contents, posix.join(root, 'index.json'), { what: "the layout's index" });
  const { manifests } = documentOf(index, indexSchema, "the layout's index");
  const entries = manifests
    .map((descriptor) => readEntry({ contents, root }, descriptor))
    .filter((entry) => entry !== undefined);
  const images = entries.flatMap(({ image }) => image ?? []);
  for (const { name, platforms } of entries) {
    if (!images.some(({ names }) => names.includes(name)))
      throw new Damaged(
        `the image ${name} is for ${platforms.join(', ')}, and the nodes are ${nodePlatform}`,
      );
  }
  return images;
};
