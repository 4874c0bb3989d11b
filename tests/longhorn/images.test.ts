import { expect, test } from 'vitest';
import { engineBinary } from '../../e2e/longhorn/engine-binary.ts';
import { runningImages } from '../../e2e/longhorn/images.ts';
import { stubCluster } from '../support/stub-cluster.ts';

const digest = (sign: string): string => `sha256:${sign.repeat(64)}`;

const pod = (name: string, containers: Record<string, [image: string, imageID?: string]>) => ({
  metadata: { name, namespace: 'longhorn-system' },
  spec: { containers: Object.entries(containers).map(([each, [image]]) => ({ name: each, image })) },
  status: {
    containerStatuses: Object.entries(containers).map(([each, [, imageID]]) => ({ name: each, imageID })),
  },
});

test('each image of the pods is listed once, by what it is and not by where it was pulled from', async () => {
  const manager = 'longhornio/longhorn-manager:master-head';
  const pods = [
    pod('m1', { m: [manager, `docker.io/longhornio/longhorn-manager@${digest('a')}`] }),
    pod('m2', { m: [manager, `docker-pullable://longhornio/longhorn-manager@${digest('a')}`] }),
    // Another build under the same name, as where a node kept an old one.
    pod('m3', { m: [manager, `docker.io/longhornio/longhorn-manager@${digest('b')}`] }),
    pod('e', { e: ['longhornio/longhorn-engine:master-head', digest('c')], s: ['starts:1', ''] }),
  ];
  expect(await runningImages(stubCluster({ objects: { pods } }))).toEqual([
    { name: 'longhornio/longhorn-engine:master-head', digest: digest('c') },
    { name: manager, digest: digest('a') },
    { name: manager, digest: digest('b') },
  ]);
});

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
