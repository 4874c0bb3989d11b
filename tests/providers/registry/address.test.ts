import { expect, test } from 'vitest';
import { addressOf } from '../../../providers/registry/address.ts';

const digest = `sha256:${'a'.repeat(64)}`;

test.each([
  ['longhornio/longhorn-ui:v1.8.2', undefined, 'https://index.docker.io longhornio/longhorn-ui v1.8.2'],
  ['nginx', undefined, 'https://index.docker.io library/nginx latest'],
  ['ghcr.io/a/b/c:v1', undefined, 'https://ghcr.io a/b/c v1'],
  ['localhost:5000/a/b', undefined, 'https://localhost:5000 a/b latest'],
  // The digest says more than the tag beside it.
  [`quay.io/a/b:v1@${digest}`, undefined, `https://quay.io a/b ${digest}`],
  // A mirror has it without the name of its registry.
  ['ghcr.io/a/b:v1', 'http://127.0.0.1:5000/', 'http://127.0.0.1:5000 a/b v1'],
])('%s is asked for at its own registry, or a mirror (%s)', (image, mirror, expected) => {
  const { root, repository, reference } = addressOf(image, mirror);
  expect(`${root} ${repository} ${reference}`).toBe(expected);
});

test('what is no name is no image', () => {
  expect(() => addressOf('UPPER CASE', undefined)).toThrow(
    'the manifest names an image UPPER CASE, which is',
  );
});
