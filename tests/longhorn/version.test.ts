import { expect, test } from 'vitest';
import { versionOf } from '../../e2e/longhorn/version.ts';

test.for<[string | undefined, string | undefined, string | undefined]>([
  ['v1.12.1', 'docker.io/longhornio/longhorn-manager:v1.8.2', 'v1.12.1'],
  ['', 'longhornio/longhorn-manager:v1.9.0', 'v1.9.0'],
  [undefined, 'longhornio/longhorn-manager:v1.10.2@sha256:0f1e', 'v1.10.2'],
  ['v1.13.0-dev', undefined, 'v1.13.0-dev'],
  [undefined, 'localhost:5000/longhorn-manager', undefined],
  [undefined, 'longhornio/longhorn-manager:master-head', undefined],
])('by the setting %j and the image %j, the version is %s', ([setting, image, version]) => {
  expect(versionOf(setting, image)).toBe(version);
});
