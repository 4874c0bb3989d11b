import { manifestSchema } from './documents.ts';
import type { FoundImage } from './found-image.ts';

const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';

/**
 * The image by its own manifest alone, without the index of one that is made for several platforms.
 *
 * Whoever imports all platforms of an index (`kind load`, `k3d image import`: `ctr images import --all-platforms`) fails where those of others
 * are not in the archive: "content digest sha256:... not found" (kind #3996).
 */
export const onePlatform = (image: FoundImage): FoundImage => {
  const { target, config, documents } = image;
  for (const [digest, text] of Object.entries(documents)) {
    const { success, data } = manifestSchema.safeParse(JSON.parse(text));
    if (!success || data.config.digest !== config || digest === target.digest) continue;
    const own = { mediaType: data.mediaType ?? OCI_MANIFEST, digest, size: Buffer.byteLength(text) };
    return { ...image, target: own, documents: { [digest]: text, [config]: documents[config] as string } };
  }
  return image;
};
