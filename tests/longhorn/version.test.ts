import { expect, test } from 'vitest';
import { versionOf } from '../../e2e/longhorn/version.ts';

test.for<[string, string | undefined, string | undefined, string | undefined]>([
  ['the setting', 'v1.12.1', 'docker.io/longhornio/longhorn-manager:v1.8.2', 'v1.12.1'],
  [
    'the tag of the image where there is no setting',
    undefined,
    'docker.io/longhornio/longhorn-manager:v1.8.2',
    'v1.8.2',
  ],
  ['the tag where the setting is empty', '', 'longhornio/longhorn-manager:v1.9.0', 'v1.9.0'],
  ['a tag with a digest behind it', undefined, 'longhornio/longhorn-manager:v1.10.2@sha256:0f1e', 'v1.10.2'],
  ['a pre-release', 'v1.13.0-dev', undefined, 'v1.13.0-dev'],
  ['no tag of a registry with a port', undefined, 'localhost:5000/longhorn-manager', undefined],
  ['no tag that is no version', undefined, 'longhornio/longhorn-manager:master-head', undefined],
  ['nothing when nothing is known', undefined, undefined, undefined],
])('the version is told by %s', ([, setting, image, version]) => {
  expect(versionOf(setting, image)).toBe(version);
});
