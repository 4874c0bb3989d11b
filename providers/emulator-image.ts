import { createHash } from 'node:crypto';
import { chmod, copyFile, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundle } from '../emulator/bundle.ts';
import { cached, type Part } from '../lab/cache.ts';
import { podSystem } from '../lab/images/core.ts';
import { writeArchive, writeLayer } from '../lab/images/oci.ts';

/** The image of the emulator's pods. */
export const emulatorImage = 'docker.io/corral/longhorn-emulator:lab';

/** This very Node, where the image has it. */
const nodeLayer: Part = {
  name: 'node-layer',
  inputs: { version: process.version },
  build: async (dir) => {
    const bin = join(dir, 'tree/usr/local/bin');
    await mkdir(bin, { recursive: true });
    await copyFile(process.execPath, join(bin, 'node'));
    await chmod(join(bin, 'node'), 0o755);
    await writeLayer(join(dir, 'tree'), join(dir, 'layer.tar'));
    await rm(join(dir, 'tree'), { recursive: true });
  },
};

const lowerLayers = async (): Promise<string[]> => [join(await cached(podSystem), 'layer.tar'), join(await cached(nodeLayer), 'layer.tar')];

/** The archive of the emulator's image without the emulator: imported first, it makes a change of the emulator a small import. */
const runtime: Part = {
  name: 'emulator-runtime',
  inputs: { podSystem: podSystem.inputs, nodeLayer: nodeLayer.inputs },
  build: async (dir) =>
    writeArchive([{ name: 'docker.io/corral/emulator-runtime:lab', layers: await lowerLayers() }], join(dir, 'images.tar')),
};

const digestOf = async (folder: string): Promise<string> => {
  const hash = createHash('sha256');
  for (const name of (await readdir(folder)).sort()) hash.update(name).update(await readFile(join(folder, name)));
  return hash.digest('hex');
};

const bundleDigest = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'corral-bundle-'));
  try {
    await bundle(folder);
    return await digestOf(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
};

/** The image archives of the emulator, in the order in which nodes take them; they change with the bundled code and nothing else. */
export const emulatorArchives = async (): Promise<Part[]> => [
  runtime,
  {
    name: 'emulator',
    inputs: { runtime: runtime.inputs, bundle: await bundleDigest() },
    build: async (dir) => {
      const tree = join(dir, 'tree');
      await mkdir(join(tree, 'opt/corral-emulator'), { recursive: true });
      await bundle(join(tree, 'opt/corral-emulator'));
      const layer = join(dir, 'layer.tar');
      await writeLayer(tree, layer);
      await writeArchive([{ name: emulatorImage, layers: [...(await lowerLayers()), layer] }], join(dir, 'images.tar'));
      for (const name of [tree, layer]) await rm(name, { recursive: true });
    },
  },
];
