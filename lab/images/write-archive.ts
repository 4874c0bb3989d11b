import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { NotFit } from '../not-fit.ts';
import type { Descriptor } from './documents.ts';
import { entriesOf } from './entries.ts';
import { weigher } from './member.ts';
import type { Found } from './read-sources.ts';
import type { Source } from './source.ts';
import { BLOCK, paddingOf, writeHeader } from './tar-header.ts';

const blobPath = (digest: string): string => `blobs/sha256/${digest.slice('sha256:'.length)}`;

const file = function* (path: string, text: string): Generator<Buffer> {
  const content = Buffer.from(text);
  yield writeHeader(path, content.length);
  yield content;
  yield Buffer.alloc(paddingOf(content.length));
};

const entriesOfIndex = ({ images }: Found): Descriptor[] =>
  images.flatMap(({ names, target: { mediaType, digest, size } }) =>
    names.map((name) => ({
      mediaType,
      digest,
      size,
      annotations: { 'io.containerd.image.name': name, 'org.opencontainers.image.ref.name': name },
    })),
  );

const changed = ({ path }: Source): Error => new NotFit(`${path}: it was changed after it was read: run the command again`);

/** The layers of one source that are not written yet; copied as they are, and looked at once more on the way. */
const layersOf = async function* ({ source, images }: Found, written: Set<string>): AsyncGenerator<Buffer> {
  const wanted = new Map(images.flatMap(({ layers }) => layers.map((layer) => [layer.path, layer] as const)));
  const isDone = () => [...wanted.values()].every(({ digest }) => written.has(digest));
  // A source that only repeats what others have is not read.
  if (isDone()) return;
  for await (const { path, body } of entriesOf(source, () => {})) {
    const layer = wanted.get(path);
    if (layer === undefined || written.has(layer.digest)) continue;
    const copied = weigher();
    yield writeHeader(blobPath(layer.digest), layer.size);
    for await (const piece of body) {
      copied.add(piece);
      yield piece;
    }
    if (copied.weight().digest !== layer.digest) throw changed(source);
    yield Buffer.alloc(paddingOf(layer.size));
    written.add(layer.digest);
  }
  if (!isDone()) throw changed(source);
};

const contentOf = async function* (chosen: readonly Found[]): AsyncGenerator<Buffer> {
  yield* file('oci-layout', JSON.stringify({ imageLayoutVersion: '1.0.0' }));
  yield* file('index.json', JSON.stringify({ schemaVersion: 2, manifests: chosen.flatMap(entriesOfIndex) }));
  const documents = Object.fromEntries(chosen.flatMap(({ images }) => images.flatMap((image) => Object.entries(image.documents))));
  for (const [digest, text] of Object.entries(documents)) yield* file(blobPath(digest), text);
  const written = new Set(Object.keys(documents));
  for (const each of chosen) yield* layersOf(each, written);
  yield Buffer.alloc(2 * BLOCK);
};

/** Writes images of any sources as one archive, the tar of an OCI layout in which each blob is once; as a stream, whatever its size. */
export const writeMerged = (chosen: readonly Found[], archive: string): Promise<void> =>
  pipeline(contentOf(chosen), createWriteStream(archive));
