import { expect, test } from 'vitest';
import { onePlatform } from '../../lab/images/archives.ts';
import type { Contents } from '../../lab/images/contents.ts';
import { readLayout } from '../../lab/images/read-layout.ts';
import { digestOf, layerOf, ociLayout, type TestImage } from '../support/image-archives.ts';

const read = async (image: Partial<TestImage>) => {
  const files = ociLayout([{ names: ['docker.io/a/b:v1'], layers: [await layerOf({ a: 'b' })], ...image }]);
  const find: Contents['find'] = (path) => {
    const content = files.get(path) as Buffer | undefined;
    return content && { path, digest: digestOf(content), size: content.length, text: content.toString() };
  };
  const [found] = readLayout({ find, paths: [...files.keys()], missingHint: '' }, '');
  if (found === undefined) throw new Error('the layout has no image');
  return found;
};

test('of an image for several platforms the manifest of the one is left, and what that names', async () => {
  const whole = await read({ nested: true });
  const one = onePlatform(whole);
  expect(Object.keys(whole.documents)).toHaveLength(3);
  expect(Object.keys(one.documents)).toEqual([one.target.digest, one.config]);
  expect(one.target).toEqual({
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    digest: digestOf(one.documents[one.target.digest] as string),
    size: Buffer.byteLength(one.documents[one.target.digest] as string),
  });
  expect(JSON.parse(one.documents[one.target.digest] as string)).toMatchObject({
    config: { digest: one.config },
  });
  expect(one.layers).toEqual(whole.layers);
});
