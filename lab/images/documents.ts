import { z } from 'zod';

/** What an image or a list of them is described by, in OCI's and in Docker's words. */
const descriptor = z.object({
  mediaType: z.string(),
  digest: z.string().regex(/^sha256:[0-9a-f]{64}$/),
  size: z.number(),
  platform: z.object({ os: z.string(), architecture: z.string(), variant: z.string().optional() }).optional(),
  annotations: z.record(z.string(), z.string()).nullish(),
});

/** Points at a blob: its digest, its size, and what is said about it. */
export type Descriptor = z.infer<typeof descriptor>;

/** `index.json`, and the blob of an image that is made for several platforms. */
export const indexSchema = z.object({ manifests: z.array(descriptor) });

/** The blob that names an image's configuration and layers. */
export const manifestSchema = z.object({
  mediaType: z.string().optional(),
  config: descriptor,
  layers: z.array(descriptor),
});

/** The blob that says what an image starts, and what each of its layers holds. */
export const configSchema = z.object({
  os: z.string(),
  architecture: z.string(),
  variant: z.string().optional(),
  rootfs: z.object({ diff_ids: z.array(z.string()) }),
});

/** `manifest.json` of `docker save`: paths of the archive, not digests. */
export const dockerSchema = z.array(
  z.object({ Config: z.string(), RepoTags: z.array(z.string()).nullish(), Layers: z.array(z.string()) }),
);

/** What the nodes are. */
export const nodePlatform = 'linux/amd64';

/**
 * Whether the nodes run what is made for a platform; a later variant may need more than containerd takes them
 * for.
 */
export const fitsNodes = (platform: string): boolean =>
  platform === nodePlatform || platform === `${nodePlatform}/v1`;

/** A platform as people write it. */
export const platformName = ({
  os,
  architecture,
  variant,
}: {
  os: string;
  architecture: string;
  variant?: string | undefined;
}): string => [os, architecture, variant].filter((part) => part).join('/');

/**
 * What was read is not what it should be; the message says why, and whoever knows the file's path puts it in
 * front.
 */
export class Damaged extends Error {
  override readonly name = 'Damaged';
}
