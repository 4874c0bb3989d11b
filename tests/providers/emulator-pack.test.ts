import { expect, test } from 'vitest';
import { emulatorObjects } from '../../emulator/install.ts';
import { emulatorManifest } from '../../providers/emulator-pack.ts';
import { describeVersion, emulatorSettings } from '../../providers/emulator-settings.ts';
import { adaptToCluster } from '../../providers/longhorn/adapt-release.ts';
import { namedImages } from '../../providers/longhorn/images.ts';
import { readObjects } from '../../providers/longhorn/manifest.ts';
import { describeRelease } from '../../providers/longhorn/release.ts';

const image = 'docker.io/corral/longhorn-emulator:lab';
const objects = readObjects([{ source: 'longhorn.yaml', text: emulatorManifest() }]);

test('the manifest holds what is installed otherwise, on the clocks of a release', () => {
  // As it is sent: what is undefined is not.
  const sent = JSON.parse(JSON.stringify(emulatorObjects({ image, clock: 'real' }))) as object[];
  expect(objects.map(({ object }) => object)).toEqual(sent);
});

test('it is read as a release: one image, nothing to be fitted, and what there is to wait for', () => {
  expect(adaptToCluster(objects, { missing: [] }).changes).toEqual([]);
  expect(namedImages(objects)).toEqual([
    { name: image, namedBy: 'DaemonSet longhorn-manager, container longhorn-manager', need: 'all' },
  ]);
  const { definitions, ...release } = describeRelease(objects);
  const none = { webhooks: false, engineImage: undefined, csi: false };
  expect(release).toEqual({ ...none, deployments: ['longhorn-ui'], notStarted: [] });
  expect(definitions).toContain('instancemanagers.longhorn.io');
});

const mutant = 'fixed:lock-fails-open';
test.each([
  [{ CORRAL_EMULATOR_CLOCK: '', CORRAL_EMULATOR_MUTANT: '' }, {}],
  [{ CORRAL_EMULATOR_CLOCK: '2.5' }, { clock: '2.5' }],
  [
    { CORRAL_EMULATOR_CLOCK: 'real', CORRAL_EMULATOR_MUTANT: mutant, CORRAL_EMULATOR_VERSION: 'v1.8.2' },
    { clock: 'real', mutant, version: 'v1.8.2' },
  ],
])('%j are %j', (variables, settings) => {
  expect(emulatorSettings(variables)).toEqual(settings);
});

test('a version with a bug on purpose says so', () => {
  const described = ([undefined, 'message-missing', 'fixed:lock-fails-open'] as const).map((mutant) =>
    describeVersion('v1', { clock: 'fast', ...(mutant && { mutant }) }),
  );
  expect(described).toEqual(['v1', 'v1 with the bug message-missing', 'v1 with fixed:lock-fails-open']);
});
