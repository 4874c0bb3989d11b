import { chmod, copyFile, glob, mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { NotFit } from '../../e2e/machine/not-fit.ts';
import { kubernetes } from '../build/kubernetes.ts';
import { s3ServerPart } from '../build/s3-server.ts';
import { cached, type Part } from '../cache/cache.ts';
import { finishTree, unpackPackages } from '../debian/unpack.ts';
import { type Image, writeArchive, writeLayer } from './oci.ts';

/**
 * The image of the backup stores' pods: nfs-ganesha with ext4's own tools and Samba, on Debian trixie, and an S3
 * server.
 */
export const storeImage = 'docker.io/corral/nfs-backupstore:lab';

const system =
  'base-files base-passwd libc-bin bash coreutils dash findutils grep gzip hostname sed tar util-linux mount procps iproute2 e2fsprogs'.split(
    ' ',
  );
/** The Debian packages of the file system that the store's and the emulator's pods start from. */
export const podPackages = [
  ...system,
  'nfs-common',
  'nfs-ganesha',
  'nfs-ganesha-vfs',
  'rpcbind',
  'libstdc++6',
  'samba',
  'cifs-utils',
];

/** The file system that the store's and the emulator's pods start from, as one image layer (`layer.tar`). */
export const podSystem: Part = {
  name: 'pod-system',
  inputs: { packages: podPackages, recipe: 3 },
  build: async (dir) => {
    const tree = join(dir, 'tree');
    await unpackPackages({ suite: 'trixie', packages: podPackages, dependencies: true, tree });
    await finishTree(tree);
    // 18 MB that nothing of a pod runs: Samba's package has tools in Python beside its server.
    for await (const path of glob('usr/lib/python3*', { cwd: tree }))
      await rm(join(tree, path), { recursive: true });
    await writeLayer(tree, join(dir, 'layer.tar'));
    await rm(tree, { recursive: true });
  },
};

/** Writes a layer with programs in it, each at its path. */
const layerOfFiles = async (
  programs: readonly (readonly [string, string])[],
  layer: string,
): Promise<void> => {
  const tree = `${layer}.tree`;
  for (const [program, path] of programs) {
    const file = join(tree, path);
    await mkdir(dirname(file), { recursive: true });
    await copyFile(program, file);
    await chmod(file, 0o755);
  }
  await writeLayer(tree, layer);
  await rm(tree, { recursive: true });
};

/** This very Node, as the layer (`layer.tar`) that is put over the pods' system. */
const nodeLayer: Part = {
  name: 'node-layer',
  inputs: { version: process.version },
  build: async (dir) => {
    await layerOfFiles([[process.execPath, 'usr/local/bin/node']], join(dir, 'layer.tar'));
  },
};

/** The S3 server and its proxy, as the layer (`layer.tar`) that is put over the pods' system. */
const s3Layer = async (): Promise<Part> => {
  const server = await s3ServerPart();
  return {
    name: 's3-layer',
    inputs: server.inputs,
    build: async (dir) => {
      const built = await cached(server);
      const programs = ['versitygw', 's3-faults'].map(
        (name) => [join(built, name), `usr/local/bin/${name}`] as const,
      );
      await layerOfFiles(programs, join(dir, 'layer.tar'));
    },
  };
};

/** All that decides what `nodeLayers` are: an input of every part that is made of them, or names them. */
export const nodeLayersInputs = { podSystem: podSystem.inputs, nodeLayer: nodeLayer.inputs };

/** The layers of an image with the pods' system and Node: what programs in TypeScript are put on top of. */
export const nodeLayers = async (): Promise<string[]> => [
  join(await cached(podSystem), 'layer.tar'),
  join(await cached(nodeLayer), 'layer.tar'),
];

/**
 * The archive (`images.tar`) of what a lab starts with: the pause process, CoreDNS, and Node on the pods'
 * system. Imported first, its layers make the import of images on top of them a small one.
 */
export const coreImages = async (): Promise<Part> => {
  const binaries = await kubernetes();
  return {
    name: 'core-images',
    inputs: { ...nodeLayersInputs, kubernetes: binaries.inputs },
    build: async (dir) => {
      const bin = await cached(binaries);
      const layerOf = async (name: string): Promise<string> => {
        await layerOfFiles([[join(bin, name), name]], join(dir, `${name}.tar`));
        return join(dir, `${name}.tar`);
      };
      const images: Image[] = [
        { name: 'docker.io/corral/node:lab', layers: await nodeLayers() },
        { name: 'docker.io/corral/pause:lab', layers: [await layerOf('pause')], entrypoint: ['/pause'] },
        {
          name: 'docker.io/corral/coredns:lab',
          layers: [await layerOf('coredns')],
          entrypoint: ['/coredns'],
        },
      ];
      await writeArchive(images, join(dir, 'images.tar'));
      for (const name of ['pause', 'coredns']) await rm(join(dir, `${name}.tar`));
    },
  };
};

/**
 * The archive (`images.tar`) of the backup stores' image. It only names the pods' system, which a lab's nodes
 * have by the core images, unless it is to be `whole`.
 */
export const storeArchive = async ({ whole = false } = {}): Promise<Part> => {
  // Without a Go tool chain there is no S3 server in it, as nothing else of a store has to be compiled.
  const own = await s3Layer().then(
    (layer) => [layer],
    (error: unknown) => {
      if (error instanceof NotFit) return [];
      throw error;
    },
  );
  return {
    name: whole ? 'store-image' : 'store-on-core',
    inputs: [podSystem, ...own].map(({ inputs }) => inputs),
    build: async (dir) => {
      const below = [join(await cached(podSystem), 'layer.tar')];
      const layers: string[] = [];
      for (const part of own) layers.push(join(await cached(part), 'layer.tar'));
      await writeArchive([{ name: storeImage, below, layers }], join(dir, 'images.tar'), { whole });
    },
  };
};
