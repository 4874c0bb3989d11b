import { createHash } from 'node:crypto';
import { NotFit } from '../../e2e/machine/not-fit.ts';
import { documentOf } from '../../lab/images/contents.ts';
import {
  Damaged,
  type Descriptor,
  fitsNodes,
  indexSchema,
  manifestSchema,
  nodePlatform,
  platformName,
} from '../../lab/images/documents.ts';
import { type Address, addressOf } from './address.ts';
import { openSession, type Session } from './session.ts';

/** An image as a registry has it: its manifest for the nodes' platform, and what that names. */
export type Resolved = {
  name: string;
  session: Session;
  manifest: { mediaType: string; digest: string; text: string };
  config: Descriptor;
  layers: Descriptor[];
};

const OCI = 'application/vnd.oci.image';
const DOCKER = 'application/vnd.docker.distribution.manifest';
const accept = [
  `${OCI}.index.v1+json`,
  `${DOCKER}.list.v2+json`,
  `${OCI}.manifest.v1+json`,
  `${DOCKER}.v2+json`,
].join(', ');

/** No manifest comes near this. */
const LONGEST = 4 * 2 ** 20;

type Document = { text: string; digest: string; mediaType: string };

/** Reads a manifest or an index; `digest` is what it must have, where that is known. */
const readDocument = async (
  answer: Response,
  image: string,
  digest: string | undefined,
): Promise<Document> => {
  const bytes = Buffer.from(await answer.arrayBuffer());
  if (bytes.length > LONGEST)
    throw new NotFit({
      code: 'image-manifest',
      what: `the manifest of ${image} has ${bytes.length} bytes: that is none`,
    });
  const got = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  // A tag may stand for anything, but not for something else than the registry itself says.
  for (const wanted of [digest, answer.headers.get('docker-content-digest')])
    if (wanted?.startsWith('sha256:') && wanted !== got)
      throw new NotFit({
        code: 'image-digest',
        what: `the manifest of ${image} is not what its digest says (${got}, not ${wanted}): the registry, or something on the way, has changed it`,
      });
  return {
    text: bytes.toString('utf8'),
    digest: got,
    mediaType: answer.headers.get('content-type')?.split(';')[0] ?? '',
  };
};

const parse = <T>(
  { text, digest }: Document,
  schema: Parameters<typeof documentOf<T>>[1],
  image: string,
): T => {
  try {
    return documentOf({ path: digest, digest, size: text.length, text }, schema, `the manifest of ${image}`);
  } catch (error) {
    throw error instanceof Damaged ? new NotFit({ code: 'image-manifest', what: error.message }) : error;
  }
};

/** Of an index, the one image that is for the nodes. */
const choose = (manifests: readonly Descriptor[], image: string): Descriptor => {
  const platforms = manifests.flatMap(({ platform }) =>
    platform && platform.os !== 'unknown' ? platformName(platform) : [],
  );
  const found = manifests.find(({ platform }) => platform && fitsNodes(platformName(platform)));
  if (found === undefined)
    throw new NotFit({
      code: 'image-platform',
      what: `the image ${image} is for ${platforms.join(', ')}, and the nodes are ${nodePlatform}`,
    });
  return found;
};

const fetchManifest = async (
  session: Session,
  { reference }: Address,
  image: string,
): Promise<Document | undefined> => {
  const answer = await session.get(`manifests/${reference}`, accept);
  if (answer === undefined) return undefined;
  const document = await readDocument(answer, image, reference.startsWith('sha256:') ? reference : undefined);
  const { manifests } = parse(document, indexSchema.partial(), image);
  if (manifests === undefined) return document;
  const { digest } = choose(manifests, image);
  const inner = await session.get(`manifests/${digest}`, accept);
  if (inner === undefined)
    throw new NotFit({
      code: 'image-incomplete',
      what: `the registry has the index of ${image}, and not the manifest ${digest} that it names`,
    });
  return readDocument(inner, image, digest);
};

/**
 * Looks an image up in its registry or in the mirror; undefined for one that is not there. Throws NotFit for
 * what cannot be trusted or read.
 */
export const resolveImage = async (
  name: string,
  mirror: string | undefined,
): Promise<Resolved | undefined> => {
  const address = addressOf(name, mirror);
  const session = openSession(address);
  const document = await fetchManifest(session, address, name);
  if (document === undefined) return undefined;
  const { mediaType = document.mediaType, config, layers } = parse(document, manifestSchema, name);
  return {
    name,
    session,
    manifest: { mediaType, digest: document.digest, text: document.text },
    config,
    layers,
  };
};
