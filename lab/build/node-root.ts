import { cp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type CachedArtifact, ensureCached } from '../cache/cache.ts';
import { addBaseFiles, unpackPackages } from '../debian/unpack.ts';
import { buildCommand } from './command.ts';
import { kernelArtifact } from './kernel.ts';
import { kubernetesArtifact } from './kubernetes.ts';
import { buildShell } from './shell.ts';
import { toolsPath } from './tools.ts';

const base =
  'base-files base-passwd libc-bin bash coreutils dash findutils grep gzip hostname sed tar util-linux'.split(
    ' ',
  );
// crun starts containers (see containerd.toml), although containerd's package depends on runc. acct and perl
// measure the CPU time of processes: see control/cpu.ts.
const kubernetesNeeds =
  'containerd crun containernetworking-plugins iproute2 procps kmod mount conntrack ethtool netbase ca-certificates acct perl-base'.split(
    ' ',
  );
const longhornNeeds = 'open-iscsi nfs-common e2fsprogs xfsprogs cryptsetup-bin dmsetup curl jq'.split(' ');
const packages = [...base, ...kubernetesNeeds, ...longhornNeeds];

/** Size of a node's root disk in bytes. The file is sparse, and a node writes to a copy-on-write file over it. */
const DISK_SIZE = 24 * 2 ** 30;

/** Time-out of making the image (6 s were measured). Its build owns it. */
const MKE2FS_TIMEOUT_MS = 5 * 60_000;

const here = join(import.meta.dirname, '../node');

const addKernelModules = async (tree: string): Promise<void> => {
  const modules = join(await ensureCached(await kernelArtifact()), 'modules');
  for (const version of await readdir(modules)) {
    await cp(join(modules, version), join(tree, 'usr/lib/modules', version), { recursive: true });
    await buildShell(tree, '"$1/depmod" -b . "$2"', await toolsPath(), version);
  }
};

const makeTree = async (tree: string): Promise<void> => {
  await unpackPackages({ suite: 'trixie', packages, dependencies: true, tree });
  await addBaseFiles(tree);
  await addKernelModules(tree);
  const script = `
    cp "$1"/{kube,read-disk,vdso-clock} usr/local/bin
    ln -s kube usr/local/bin/kubelet
    mkdir -p etc/containerd lab etc/iscsi var/lib/longhorn
    cp "$2/containerd.toml" etc/containerd/config.toml
    install -m 755 "$2/init" usr/sbin/lab-init`;
  await buildShell(tree, script, await ensureCached(await kubernetesArtifact()), here);
};

/** Converts a tree to a sparse ext4 image. All its files belong to root, whichever user runs this. */
const makeExt4 = async (tree: string, image: string, size: number): Promise<void> => {
  await writeFile(image, '');
  await truncate(image, size);
  const options = '-q -F -t ext4 -m 0 -E lazy_itable_init=1,nodiscard -d'.split(' ');
  const mke2fs = [join(await toolsPath(), 'mke2fs'), ...options, tree, image];
  await buildCommand('unshare', ['--user', '--map-root-user', ...mke2fs], {
    folder: dirname(image),
    timeout: MKE2FS_TIMEOUT_MS,
  });
};

/**
 * A node's root file system as an ext4 image (`root.ext4`): Debian trixie, Kubernetes and the lab's init,
 * without container images.
 */
export const nodeRootArtifact = async (): Promise<CachedArtifact> => ({
  name: 'node-root',
  inputs: {
    packages,
    recipe: 3,
    size: DISK_SIZE,
    kubernetes: (await kubernetesArtifact()).inputs,
    kernel: (await kernelArtifact()).inputs,
    files: await Promise.all(['init', 'containerd.toml'].map((file) => readFile(join(here, file), 'utf8'))),
  },
  build: async (dir) => {
    const tree = join(dir, 'tree');
    await makeTree(tree);
    await makeExt4(tree, join(dir, 'root.ext4'), DISK_SIZE);
    await rm(tree, { recursive: true });
  },
});
