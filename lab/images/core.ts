import { chmod, copyFile, glob, mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PreconditionError } from '../../e2e/machine/precondition-error.ts';
import { kubernetesArtifact } from '../build/kubernetes.ts';
import { s3ServerArtifact } from '../build/s3-server.ts';
import { type CachedArtifact, ensureCached } from '../cache/cache.ts';
import { addBaseFiles, unpackPackages } from '../debian/unpack.ts';
import { type Image, writeArchive, writeLayer } from './oci.ts';

/** The image of the backup stores' pods: nfs-ganesha, the ext4 tools, Samba and an S3 server, on Debian trixie. */
export const storeImage = 'docker.io/corral/nfs-backupstore:lab';

const system =
  'base-files base-passwd libc-bin bash coreutils dash findutils grep gzip hostname sed tar util-linux mount procps iproute2 e2fsprogs'.split(
    ' ',
  );
/** The Debian packages in the base file system of the store's and the emulator's pods. */
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

/** The base file system of the store's and the emulator's pods, as one image layer (`layer.tar`). */
export const podSystemArtifact: CachedArtifact = {
  name: 'pod-system',
  inputs: { packages: podPackages, recipe: 3 },
  build: async (dir) => {
    const tree = join(dir, 'tree');
    await unpackPackages({ suite: 'trixie', packages: podPackages, dependencies: true, tree });
    await addBaseFiles(tree);
    // 18 MB that no pod runs: Samba's package contains tools in Python besides its server.
    for await (const path of glob('usr/lib/python3*', { cwd: tree }))
      await rm(join(tree, path), { recursive: true });
    await writeLayer(tree, join(dir, 'layer.tar'));
    await rm(tree, { recursive: true });
  },
};

/** Writes a layer with programs, each at its path. */
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

/** The Node that runs this process, as the layer (`layer.tar`) over the pods' system. */
const nodeLayer: CachedArtifact = {
  name: 'node-layer',
  inputs: { version: process.version },
  build: async (dir) => {
    await layerOfFiles([[process.execPath, 'usr/local/bin/node']], join(dir, 'layer.tar'));
  },
};

/** The S3 server and its proxy, as the layer (`layer.tar`) over the pods' system. */
const s3Layer = async (): Promise<CachedArtifact> => {
  const server = await s3ServerArtifact();
  return {
    name: 's3-layer',
    inputs: server.inputs,
    build: async (dir) => {
      const built = await ensureCached(server);
      const programs = ['versitygw', 's3-faults'].map(
        (name) => [join(built, name), `usr/local/bin/${name}`] as const,
      );
      await layerOfFiles(programs, join(dir, 'layer.tar'));
    },
  };
};

/** All inputs of `nodeLayers`. Every artifact that contains or names these layers must include them in its inputs. */
export const nodeLayersInputs = { podSystem: podSystemArtifact.inputs, nodeLayer: nodeLayer.inputs };

/** The layers of an image with the pods' system and Node. Programs in TypeScript are added on top. */
export const nodeLayers = async (): Promise<string[]> => [
  join(await ensureCached(podSystemArtifact), 'layer.tar'),
  join(await ensureCached(nodeLayer), 'layer.tar'),
];

/**
 * The archive (`images.tar`) of a lab's first images: the pause process, CoreDNS, and Node on the pods'
 * system. It is imported first, because later images share its layers and their import is then small.
 */
export const coreImagesArtifact = async (): Promise<CachedArtifact> => {
  const binaries = await kubernetesArtifact();
  return {
    name: 'core-images',
    inputs: { ...nodeLayersInputs, kubernetes: binaries.inputs },
    build: async (dir) => {
      const bin = await ensureCached(binaries);
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
 * The archive (`images.tar`) of the backup stores' image. It only refers to the pods' system, which a lab's
 * nodes have from the core images, unless `whole` is set.
 */
export const storeArchiveArtifact = async ({ whole = false } = {}): Promise<CachedArtifact> => {
  // Without Go, the image has no S3 server. All other parts of a store need no compilation.
  const own = await s3Layer().then(
    (layer) => [layer],
    (error: unknown) => {
      if (error instanceof PreconditionError) return [];
      throw error;
    },
  );
  return {
    name: whole ? 'store-image' : 'store-on-core',
    inputs: [podSystemArtifact, ...own].map(({ inputs }) => inputs),
    build: async (dir) => {
      const below = [join(await ensureCached(podSystemArtifact), 'layer.tar')];
      const layers: string[] = [];
      for (const artifact of own) layers.push(join(await ensureCached(artifact), 'layer.tar'));
      await writeArchive([{ name: storeImage, below, layers }], join(dir, 'images.tar'), { whole });
    },
  };
};
