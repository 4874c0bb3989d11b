import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { emulatorObjects } from '../../emulator/install.ts';
import { emulatorManifest, packEmulator } from '../../providers/emulator-pack.ts';
import { adaptToCluster } from '../../providers/longhorn/adapt-release.ts';
import { namedImages } from '../../providers/longhorn/images.ts';
import { readObjects } from '../../providers/longhorn/manifest.ts';
import { describeRelease } from '../../providers/longhorn/release.ts';
import { plainProgress } from '../../providers/progress.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

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

test('a folder with something in it is not written into; two are none', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'longhorn.yaml'), 'mine');
  const progress = plainProgress(() => {});
  await expect(packEmulator(folder, progress)).rejects.toMatchObject({ code: 'folder-not-empty' });
  const nowhere = { code: 'folder-not-writable', where: '/proc/nope/x' };
  await expect(packEmulator(nowhere.where, progress)).rejects.toMatchObject(nowhere);
  const words = ['scripts/corral.ts', 'emulator', 'pack', 'a', 'b'];
  expect(await execa(process.execPath, words, { reject: false, stdin: 'ignore' })).toMatchObject({
    ...{ exitCode: 2, stdout: '' },
    stderr: expect.stringMatching(
      /^emulator pack: too many arguments[^\n]*: see npx corral emulator pack --help$/,
    ),
  });
});
