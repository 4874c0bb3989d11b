import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { type Pack, pack } from 'tar-stream';
import { NotFit } from '../../e2e/machine/not-fit.ts';
import { describeBytes, tellDetail } from '../step.ts';
import type { Descriptor } from './documents.ts';
import { entriesOf } from './entries.ts';
import { weigher } from './member.ts';
import type { Found } from './read-sources.ts';
import type { Source } from './source.ts';

const blobPath = (digest: string): string => `blobs/sha256/${digest.slice('sha256:'.length)}`;

const entriesOfIndex = ({ images }: Found): Descriptor[] =>
  images.flatMap(({ names, target: { mediaType, digest, size } }) =>
    names.map((name) => ({
      mediaType,
      digest,
      size,
      annotations: { 'io.containerd.image.name': name, 'org.opencontainers.image.ref.name': name },
    })),
  );

const changed = ({ path }: Source): Error =>
  new NotFit({
    code: 'archive-changed',
    where: path,
    what: 'it was changed after it was read',
    remedy: 'run the command again',
  });

/** Adds a file whose header is the same whenever it is written. */
const add = (
  tar: Pack,
  file: { path: string; size: number },
  content: AsyncIterable<Buffer> | Buffer[],
): Promise<void> => pipeline(content, tar.entry({ name: file.path, size: file.size, mtime: new Date(0) }));

const addText = (tar: Pack, path: string, text: string): Promise<void> =>
  add(tar, { path, size: Buffer.byteLength(text) }, [Buffer.from(text)]);

/**
 * Adds the layers of one source that are not written yet; copied as they are, and looked at once more on the
 * way.
 */
const addLayers = async (
  tar: Pack,
  { source, images }: Found,
  { written, onBytes }: { written: Set<string>; onBytes: (bytes: number) => void },
): Promise<void> => {
  const wanted = new Map(images.flatMap(({ layers }) => layers.map((layer) => [layer.path, layer] as const)));
  const isDone = () => [...wanted.values()].every(({ digest }) => written.has(digest));
  // A source that only repeats what others have is not read.
  if (isDone()) return;
  for await (const { path, size, body } of entriesOf(source, {})) {
    const layer = wanted.get(path);
    if (layer === undefined || written.has(layer.digest)) continue;
    if (size !== layer.size) throw changed(source);
    const copied = weigher();
    const weighed = async function* () {
      for await (const piece of body) {
        copied.add(piece);
        onBytes(piece.length);
        yield piece;
      }
    };
    await add(tar, { path: blobPath(layer.digest), size }, weighed());
    if (copied.weight().digest !== layer.digest) throw changed(source);
    written.add(layer.digest);
  }
  if (!isDone()) throw changed(source);
};

const addAll = async (tar: Pack, chosen: readonly Found[]): Promise<void> => {
  await addText(tar, 'oci-layout', JSON.stringify({ imageLayoutVersion: '1.0.0' }));
  await addText(
    tar,
    'index.json',
    JSON.stringify({ schemaVersion: 2, manifests: chosen.flatMap(entriesOfIndex) }),
  );
  const documents = Object.fromEntries(
    chosen.flatMap(({ images }) => images.flatMap((image) => Object.entries(image.documents))),
  );
  for (const [digest, text] of Object.entries(documents)) await addText(tar, blobPath(digest), text);
  const written = new Set(Object.keys(documents));
  const layers = chosen.flatMap(({ images }) => images.flatMap((image) => image.layers));
  const sizes = new Map(layers.map(({ digest, size }) => [digest, size]));
  const all = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  let copied = 0;
  const onBytes = (bytes: number): void => {
    copied += bytes;
    tellDetail(describeBytes({ done: copied, all }));
  };
  for (const each of chosen) await addLayers(tar, each, { written, onBytes });
  tar.finalize();
};

/**
 * Writes images of any sources as one archive, the tar of an OCI layout in which each blob is once; as a
 * stream, whatever its size.
 */
export const writeMerged = async (chosen: readonly Found[], archive: string): Promise<void> => {
  const tar = pack();
  await Promise.all([
    pipeline(tar, createWriteStream(archive)),
    addAll(tar, chosen).catch((error) => tar.destroy(error)),
  ]);
};
