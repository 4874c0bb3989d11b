import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import { type Contents, checkedMember, documentOf } from './contents.ts';
import { dockerSchema } from './documents.ts';
import { type FoundImage, imageNames, imageParts, type Layer } from './found-image.ts';

const OCI = 'application/vnd.oci.image';
const layerTypes: Record<Layer['form'], string> = {
  plain: `${OCI}.layer.v1.tar`,
  gzip: `${OCI}.layer.v1.tar+gzip`,
  zstd: `${OCI}.layer.v1.tar+zstd`,
};

const digestOf = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`;

/** Docker names a configuration by its digest: `HEX.json`, later `blobs/sha256/HEX`. */
const digestInPath = (path: string): { digest?: string } => {
  const hex = /([0-9a-f]{64})(\.json)?$/.exec(path)?.[1];
  return hex === undefined ? {} : { digest: `sha256:${hex}` };
};

/**
 * The images of a `docker save`, whichever of its layouts it has; the same image always gives the same
 * manifest.
 *
 * Docker keeps no digests of the layers as they lie there: what they hold is checked against the image's
 * configuration.
 */
export const readDockerSave = (contents: Contents, root: string): FoundImage[] => {
  const list = checkedMember(contents, posix.join(root, 'manifest.json'), { what: "the archive's manifest" });
  return documentOf(list, dockerSchema, "the archive's manifest").map(({ Config, RepoTags, Layers }) => {
    const [image = Config] = RepoTags ?? [];
    const names = imageNames(image, RepoTags ?? [], '');
    const at = (path: string) => posix.join(root, path);
    const what = `the configuration of ${image}`;
    const { config, layers } = imageParts({
      image,
      config: checkedMember(contents, at(Config), { what, ...digestInPath(Config) }),
      layers: Layers.map((path, position) =>
        checkedMember(contents, at(path), { what: `the layer ${position + 1} of ${image}` }),
      ),
    });
    const manifest = JSON.stringify({
      schemaVersion: 2,
      mediaType: `${OCI}.manifest.v1+json`,
      config: { mediaType: `${OCI}.config.v1+json`, digest: config.digest, size: config.size },
      layers: layers.map(({ form, digest, size }) => ({ mediaType: layerTypes[form], digest, size })),
    });
    const target = {
      mediaType: `${OCI}.manifest.v1+json`,
      digest: digestOf(manifest),
      size: Buffer.byteLength(manifest),
    };
    return {
      names,
      target,
      config: config.digest,
      documents: { [target.digest]: manifest, [config.digest]: config.text },
      layers,
    };
  });
};
