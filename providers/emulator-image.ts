import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleEmulator } from '../emulator/bundle.ts';
import type { CachedArtifact } from '../lab/cache/cache.ts';
import { nodeLayers, nodeLayersInputs } from '../lab/images/core.ts';
import { writeArchive, writeLayer } from '../lab/images/oci.ts';

export const emulatorImage = 'docker.io/corral/longhorn-emulator:lab';

// Without TZ each Node searches all of /usr/share/zoneinfo for the time zone, a fifth of its start.
const env = ['TZ=UTC'];

const digestOf = async (folder: string): Promise<string> => {
  const hash = createHash('sha256');
  for (const name of (await readdir(folder)).sort())
    hash.update(name).update(await readFile(join(folder, name)));
  return hash.digest('hex');
};

const bundleDigest = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'corral-bundle-'));
  try {
    await bundleEmulator(folder);
    return await digestOf(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
};

/**
 * The archive of the emulator's image. It changes only with the bundled code, its environment and the layers
 * below. It only refers to the layers below, which a lab's nodes have, unless `whole` is set.
 */
export const emulatorArchive = async ({ whole = false } = {}): Promise<CachedArtifact> => ({
  name: whole ? 'emulator-whole' : 'emulator',
  inputs: { below: nodeLayersInputs, bundle: await bundleDigest(), env },
  build: async (dir) => {
    const tree = join(dir, 'tree');
    await mkdir(join(tree, 'opt/corral-emulator'), { recursive: true });
    await bundleEmulator(join(tree, 'opt/corral-emulator'));
    await mkdir(join(tree, 'usr/local/bin'), { recursive: true });
    for (const command of ['longhorn-manager', 'longhorn-ui'])
      await symlink(`/opt/corral-emulator/${command}.cjs`, join(tree, 'usr/local/bin', command));
    const layer = join(dir, 'layer.tar');
    await writeLayer(tree, layer);
    const image = { name: emulatorImage, below: await nodeLayers(), layers: [layer], env };
    await writeArchive([image], join(dir, 'images.tar'), { whole });
    for (const name of [tree, layer]) await rm(name, { recursive: true });
  },
});
