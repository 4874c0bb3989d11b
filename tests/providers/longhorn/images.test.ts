import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { namedImages } from '../../../providers/longhorn/images.ts';
import { readObjects } from '../../../providers/longhorn/manifest.ts';
import { releaseText } from '../../support/longhorn-release.ts';

const imagesIn = (text: string) =>
  namedImages(readObjects([{ source: 'longhorn.yaml', text }])).map(
    ({ need, name, namedBy }) => `${need}: ${name}, ${namedBy}`,
  );

test('the images of a release, each with the most that needs it', () => {
  expect(imagesIn(releaseText('v1.12.1'))).toMatchInlineSnapshot(`
    [
      "all: docker.io/longhornio/longhorn-manager:v1.12.1, DaemonSet longhorn-manager, container longhorn-manager",
      "all: docker.io/longhornio/longhorn-engine:v1.12.1, DaemonSet longhorn-manager, --engine-image",
      "all: docker.io/longhornio/longhorn-instance-manager:v1.12.1, DaemonSet longhorn-manager, --instance-manager-image",
      "all: docker.io/longhornio/longhorn-share-manager:v1.12.1, DaemonSet longhorn-manager, --share-manager-image",
      "csi: docker.io/longhornio/csi-attacher:v4.12.0, Deployment longhorn-driver-deployer, CSI_ATTACHER_IMAGE",
      "csi: docker.io/longhornio/livenessprobe:v2.19.0, Deployment longhorn-driver-deployer, CSI_LIVENESS_PROBE_IMAGE",
      "ui: docker.io/longhornio/longhorn-ui:v1.12.1, Deployment longhorn-ui, container longhorn-ui",
      "other: docker.io/longhornio/backing-image-manager:v1.12.1, DaemonSet longhorn-manager, --backing-image-manager-image",
      "other: docker.io/longhornio/support-bundle-kit:v0.0.92, DaemonSet longhorn-manager, --support-bundle-manager-image",
    ]
  `);
});

test('a release that leaves the registry out names the same', () => {
  const withoutTag = (text: string) => text.replace(/:v[0-9.]+,/, ',');
  expect(imagesIn(releaseText('v1.8.2')).map(withoutTag)).toEqual(
    imagesIn(releaseText('v1.12.1')).map(withoutTag),
  );
});

test('flags are read with and without an equals sign, also in arguments; what merely looks like one is not', () => {
  const command = ['sh', '--engine-image=a/engine:v1'];
  const args = ['--images', 'x', '--image-pull', '--share-manager-image', 'a/share:v1', '--a-image'];
  const container = { name: 'longhorn-manager', image: 'a/manager:v1', command, args };
  const spec = { template: { spec: { containers: [container] } } };
  const metadata = { name: 'longhorn-manager' };
  expect(imagesIn(stringify({ apiVersion: 'apps/v1', kind: 'DaemonSet', metadata, spec }))).toEqual([
    'all: docker.io/a/manager:v1, DaemonSet longhorn-manager, container longhorn-manager',
    'all: docker.io/a/engine:v1, DaemonSet longhorn-manager, --engine-image',
    'all: docker.io/a/share:v1, DaemonSet longhorn-manager, --share-manager-image',
  ]);
});

test('what stands beside Longhorn is no condition of it', () => {
  const template = { spec: { containers: [{ name: 'web', image: 'a/web:v1' }] } };
  const specs = { CronJob: { jobTemplate: { spec: { template } } }, Job: { template }, Pod: template.spec };
  const texts = Object.entries(specs).map(([kind, spec]) =>
    stringify({ apiVersion: 'v1', kind, metadata: { name: kind }, spec }),
  );
  const image = 'other: docker.io/a/web:v1, CronJob CronJob, container web';
  expect(imagesIn(texts.join('---\n'))).toEqual([image]);
});
