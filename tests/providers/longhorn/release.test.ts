import { expect, test } from 'vitest';
import { fitToCluster } from '../../../providers/longhorn/fit.ts';
import { readObjects } from '../../../providers/longhorn/manifest.ts';
import { describeRelease } from '../../../providers/longhorn/release.ts';
import { releaseText } from '../../support/longhorn-release.ts';

const objects = readObjects([{ source: 'longhorn.yaml', text: releaseText('v1.8.2') }]);
const kinds = ['volumes', 'backuptargets', 'nodes', 'engineimages', 'instancemanagers', 'settings'];
const deployments = ['longhorn-driver-deployer', 'longhorn-ui'];

test('what a release brings is read from its manifest; what is not started is not brought', () => {
  const whole = {
    ...{ definitions: kinds.map((plural) => `${plural}.longhorn.io`), webhooks: true, csi: true },
    ...{ engineImage: 'longhornio/longhorn-engine:v1.8.2', deployments, notStarted: [] },
  };
  expect(describeRelease(objects)).toEqual(whole);
  const missing = (['csi', 'ui'] as const).map((need) => ({ name: '', namedBy: '', need }));
  const fitted = describeRelease(fitToCluster(objects, { missing }).objects);
  expect(fitted).toEqual({ ...whole, csi: false, deployments: [], notStarted: deployments });
});
