import { expect, test } from 'vitest';
import { onePlatform } from '../../lab/images/archives.ts';
import type { Contents } from '../../lab/images/contents.ts';
import { readLayout } from '../../lab/images/read-layout.ts';
import { digestOf, layerOf, ociLayout } from '../support/image-archives.ts';

test('of an image for several platforms the manifest of the one is left, and what that names', async () => {
  const layers = [await layerOf({ a: 'b' })];
  const files = ociLayout([{ names: ['docker.io/a/b:v1'], layers, nested: true }]);
  const find: Contents['find'] = (path) => {
    const content = files.get(path) as Buffer | undefined;
    return content && { path, digest: digestOf(content), size: content.length, text: content.toString() };
  };
  const [whole] = readLayout({ find, paths: [...files.keys()], missingHint: '' }, '');
  const { target, documents, config, ...one } = onePlatform(whole as NonNullable<typeof whole>);
  expect(Object.keys(whole?.documents ?? {})).toHaveLength(3);
  expect(Object.keys(documents)).toEqual([target.digest, config]);
  const manifest = documents[target.digest] as string;
  const mediaType = 'application/vnd.oci.image.manifest.v1+json';
  expect(target).toEqual({ mediaType, digest: digestOf(manifest), size: Buffer.byteLength(manifest) });
  expect(JSON.parse(manifest)).toMatchObject({ config: { digest: config } });
  expect(one.layers).toEqual(whole?.layers);
});
