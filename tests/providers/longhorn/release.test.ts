import { expect, test } from 'vitest';
import { fitToCluster } from '../../../providers/longhorn/fit.ts';
import { readObjects } from '../../../providers/longhorn/manifest.ts';
import { describeRelease } from '../../../providers/longhorn/release.ts';
import { releaseText } from '../../support/longhorn-release.ts';

const objects = readObjects([{ source: 'longhorn.yaml', text: releaseText('v1.8.2') }]);

test('what a release brings is read from its manifest', () => {
  expect(describeRelease(objects)).toEqual({
    definitions: ['volumes', 'backuptargets', 'nodes', 'engineimages', 'instancemanagers', 'settings'].map(
      (plural) => `${plural}.longhorn.io`,
    ),
    webhooks: true,
    engineImage: 'longhornio/longhorn-engine:v1.8.2',
    csi: true,
    deployments: ['longhorn-driver-deployer', 'longhorn-ui'],
    notStarted: [],
  });
});

test('what is not started is not brought', () => {
  const missing = (['csi', 'ui'] as const).map((need) => ({ name: '', namedBy: '', need }));
  expect(describeRelease(fitToCluster(objects, { missing }).objects)).toMatchObject({
    csi: false,
    deployments: [],
    notStarted: ['longhorn-driver-deployer', 'longhorn-ui'],
  });
});

test('a manifest of nothing but a namespace brings nothing', () => {
  expect(describeRelease(objects.slice(0, 1))).toEqual({
    definitions: [],
    webhooks: false,
    engineImage: undefined,
    csi: false,
    deployments: [],
    notStarted: [],
  });
});
