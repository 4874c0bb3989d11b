import { expect, test } from 'vitest';
import { engineBinary } from '../../e2e/longhorn/engine-binary.ts';
import { stubCluster } from '../support/stub-cluster.ts';

const setting = (name: string, value: string) => ({ metadata: { name }, value });
const image = setting('default-engine-image', 'docker.io/longhornio/longhorn-engine:v1');
const folder = (value: string) => setting('default-control-path', value);
const below = 'engine-binaries/docker.io-longhornio-longhorn-engine-v1/longhorn';

test.each([
  ['a version without that setting', [image], `/var/lib/longhorn/${below}`],
  ['the folder that a newer one names', [image, folder('/data/longhorn/')], `/data/longhorn/${below}`],
  ['a newer one that names none', [image, folder('')], `/var/lib/longhorn/${below}`],
])('%s', async (_, settings, path) => {
  expect(await engineBinary(stubCluster({ objects: { settings } }))).toBe(path);
});
