import { expect, test } from 'vitest';
import { addressOf } from '../../../providers/registry/address.ts';

const digest = `sha256:${'a'.repeat(64)}`;

test.each([
  ['longhornio/longhorn-ui:v1.8.2', 'https://index.docker.io longhornio/longhorn-ui v1.8.2'],
  ['docker.io/longhornio/longhorn-ui:v1.12.1', 'https://index.docker.io longhornio/longhorn-ui v1.12.1'],
  ['nginx', 'https://index.docker.io library/nginx latest'],
  ['ghcr.io/a/b/c:v1', 'https://ghcr.io a/b/c v1'],
  ['localhost:5000/a/b', 'https://localhost:5000 a/b latest'],
  [`quay.io/a/b@${digest}`, `https://quay.io a/b ${digest}`],
  // The digest says more than the tag beside it.
  [`quay.io/a/b:v1@${digest}`, `https://quay.io a/b ${digest}`],
])('%s is asked for at its own registry', (image, expected) => {
  const { root, repository, reference } = addressOf(image, undefined);
  expect(`${root} ${repository} ${reference}`).toBe(expected);
});

test.each([
  ['docker.io/longhornio/longhorn-ui:v1.12.1', 'http://127.0.0.1:5000 longhornio/longhorn-ui v1.12.1'],
  ['ghcr.io/a/b:v1', 'http://127.0.0.1:5000 a/b v1'],
])('%s is in a mirror without the name of its registry', (image, expected) => {
  const { root, repository, reference } = addressOf(image, 'http://127.0.0.1:5000/');
  expect(`${root} ${repository} ${reference}`).toBe(expected);
});

test('what is no name is no image', () => {
  expect(() => addressOf('UPPER CASE', undefined)).toThrow(
    'the manifest names an image UPPER CASE, which is none that a registry could have',
  );
});
