import { chmod, copyFile, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { kubernetes } from '../build/kubernetes.ts';
import { cached, type Part } from '../cache/cache.ts';
import { finishTree, unpackPackages } from '../debian/unpack.ts';
import { type Image, writeArchive, writeLayer } from './oci.ts';

/** The image of the NFS backup store's pod: nfs-ganesha with ext4's own tools, on Debian trixie. */
export const storeImage = 'docker.io/corral/nfs-backupstore:lab';

const system =
  'base-files base-passwd libc-bin bash coreutils dash findutils grep gzip hostname sed tar util-linux mount procps iproute2 e2fsprogs'.split(
    ' ',
  );
const packages = [...system, 'nfs-common', 'nfs-ganesha', 'nfs-ganesha-vfs', 'rpcbind', 'libstdc++6'];

/** The file system that the store's and the emulator's pods start from, as one image layer (`layer.tar`). */
export const podSystem: Part = {
  name: 'pod-system',
  inputs: { packages, recipe: 2 },
  build: async (dir) => {
    const tree = join(dir, 'tree');
    await unpackPackages({ suite: 'trixie', packages, dependencies: true, tree });
    await finishTree(tree);
    await writeLayer(tree, join(dir, 'layer.tar'));
    await rm(tree, { recursive: true });
  },
};

/** This very Node, as the layer (`layer.tar`) that is put over the pods' system. */
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

/** All that decides what `nodeLayers` are: an input of every part that is made of them, or names them. */
export const nodeLayersInputs = { podSystem: podSystem.inputs, nodeLayer: nodeLayer.inputs };

/** The layers of an image with the pods' system and Node: what programs in TypeScript are put on top of. */
export const nodeLayers = async (): Promise<string[]> => [
  join(await cached(podSystem), 'layer.tar'),
  join(await cached(nodeLayer), 'layer.tar'),
];

const layerOfOne = async (dir: string, binary: string, name: string): Promise<string> => {
  const folder = join(dir, `${name}-tree`);
  await mkdir(folder);
  await copyFile(binary, join(folder, name));
  await chmod(join(folder, name), 0o755);
  const layer = join(dir, `${name}.tar`);
  await writeLayer(folder, layer);
  await rm(folder, { recursive: true });
  return layer;
};

/** The archive (`images.tar`) of what every lab needs: the pause process, CoreDNS, the NFS backup store, and Node. */
export const coreImages = async (): Promise<Part> => {
  const binaries = await kubernetes();
  return {
    name: 'core-images',
    inputs: { ...nodeLayersInputs, kubernetes: binaries.inputs },
    build: async (dir) => {
      const bin = await cached(binaries);
      const images: Image[] = [
        { name: storeImage, layers: [join(await cached(podSystem), 'layer.tar')] },
        // Imported here, these layers make the import of an image on top of them a small one.
        { name: 'docker.io/corral/node:lab', layers: await nodeLayers() },
        { name: 'docker.io/corral/pause:lab', layers: [await layerOfOne(dir, join(bin, 'pause'), 'pause')], entrypoint: ['/pause'] },
        {
          name: 'docker.io/corral/coredns:lab',
          layers: [await layerOfOne(dir, join(bin, 'coredns'), 'coredns')],
          entrypoint: ['/coredns'],
        },
      ];
      await writeArchive(images, join(dir, 'images.tar'));
      for (const name of ['pause', 'coredns']) await rm(join(dir, `${name}.tar`));
    },
  };
};
