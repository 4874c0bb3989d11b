import { copyFile, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { buildCommand } from '../../../lab/build/command.ts';
import { goVersion } from '../../../lab/build/go.ts';
import { kubernetesArtifact } from '../../../lab/build/kubernetes.ts';
import { buildShell } from '../../../lab/build/shell.ts';
import { type CachedArtifact, ensureCached } from '../../../lab/cache/cache.ts';
import { addBaseFiles, unpackPackages } from '../../../lab/debian/unpack.ts';
import { type Image, writeArchive, writeLayer } from '../../../lab/images/oci.ts';

const here = import.meta.dirname;
const labGo = join(here, '../../../lab/go');

/** How long each of the builds may take with nothing in Go's caches; who builds the fixture owns it. */
const BUILD_TIMEOUT_MS = 30 * 60_000;

const versions = { kubernetes: 'v1.36.3', etcd: 'v3.6.8', kind: 'v0.33.0' };

/** kind, kubeadm, kubectl, etcd and CoreDNS with what kubeadm's Corefile names, from the modules that the lab pins. */
export const programs = async (): Promise<CachedArtifact> => ({
  name: 'kind-programs',
  inputs: {
    go: await goVersion(),
    versions,
    files: await Promise.all(
      [join(labGo, 'go.mod'), join(labGo, 'go.sum'), join(here, 'coredns/main.go')].map((file) =>
        readFile(file, 'utf8'),
      ),
    ),
  },
  build: async (dir) => {
    const source = join(dir, 'source');
    await mkdir(source);
    for (const file of ['go.mod', 'go.sum']) await copyFile(join(labGo, file), join(source, file));
    await copyFile(join(here, 'coredns/main.go'), join(source, 'main.go'));
    const go = (...args: string[]) =>
      buildCommand('go', args, {
        folder: dir,
        cwd: source,
        timeout: BUILD_TIMEOUT_MS,
        env: { CGO_ENABLED: '0', GOBIN: dir, GOFLAGS: '-mod=mod -buildvcs=false' },
      });
    await go('install', `sigs.k8s.io/kind@${versions.kind}`);
    await go(
      'get',
      `k8s.io/kubernetes/cmd/kubeadm@${versions.kubernetes}`,
      `k8s.io/kubernetes/cmd/kubectl@${versions.kubernetes}`,
      `go.etcd.io/etcd/server/v3@${versions.etcd}`,
      './...',
    );
    const [, minor] = versions.kubernetes.split('.');
    const stamp = { gitVersion: versions.kubernetes, gitMajor: '1', gitMinor: minor };
    const flags = Object.entries(stamp).map(
      ([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`,
    );
    const packages = {
      kubeadm: 'k8s.io/kubernetes/cmd/kubeadm',
      kubectl: 'k8s.io/kubernetes/cmd/kubectl',
      etcd: 'go.etcd.io/etcd/server/v3',
      coredns: '.',
    };
    for (const [name, path] of Object.entries(packages))
      await go(
        'build',
        '-trimpath',
        '-ldflags',
        ['-s', '-w', ...flags].join(' '),
        '-o',
        join(dir, name),
        path,
      );
    await rm(source, { recursive: true });
  },
});

const system =
  'base-files base-passwd libc-bin bash coreutils dash findutils grep gzip hostname sed tar util-linux mount procps iproute2 kmod'.split(
    ' ',
  );

const nodePackages = [
  ...system,
  ...'iptables conntrack containerd crun containernetworking-plugins ethtool netbase ca-certificates nfs-common e2fsprogs'.split(
    ' ',
  ),
];
const components = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kube-proxy'];

/** A tree of packages that can be run in; the links are what package scripts would have made. */
const systemTree = async (tree: string, packages: readonly string[]): Promise<void> => {
  await unpackPackages({ suite: 'trixie', packages, dependencies: true, tree });
  await addBaseFiles(tree);
  for (const name of ['iptables', 'ip6tables'])
    for (const end of ['', '-save', '-restore'])
      await symlink('xtables-legacy-multi', join(tree, 'usr/sbin', `${name}${end}`));
};

/**
 * The archive of the images that kubeadm's static pods and add-ons name. They have links alone: all containers
 * see the node's own /usr (see node/entrypoint), so that no node has to unpack programs at its start.
 */
const packImages = async (dir: string, archive: string): Promise<void> => {
  const tree = join(dir, 'links');
  await mkdir(tree);
  await symlink('node-usr', join(tree, 'usr'));
  for (const name of ['bin', 'sbin', 'lib', 'lib64']) await symlink(`usr/${name}`, join(tree, name));
  for (const name of ['node-usr', 'etc', 'tmp', 'run', 'var']) await mkdir(join(tree, name));
  const layer = join(dir, 'layer.tar');
  await writeLayer(tree, layer);
  await rm(tree, { recursive: true });
  const pause = join(dir, 'pause.tar');
  await mkdir(tree);
  await copyFile(join(await ensureCached(await kubernetesArtifact()), 'pause'), join(tree, 'pause'));
  await writeLayer(tree, pause);
  await rm(tree, { recursive: true });
  const image = (name: string, entrypoint?: string): Image => ({
    name,
    layers: [layer],
    ...(entrypoint !== undefined && { entrypoint: [entrypoint] }),
  });
  const kubeadm = join(await ensureCached(await programs()), 'kubeadm');
  const list = ['config', 'images', 'list', '--kubernetes-version', versions.kubernetes];
  const { stdout } = await execa(kubeadm, list);
  const named = stdout.split('\n').filter((name) => name !== '' && !name.includes('/pause:'));
  const images = [
    ...named.map((name) => image(name, name.includes('/coredns') ? '/usr/local/bin/coredns' : undefined)),
    // A pod's first container has no mounts but its own.
    { name: 'docker.io/corral/pause:kind', layers: [pause], entrypoint: ['/pause'] },
  ];
  await writeArchive(images, archive);
  for (const each of [layer, pause]) await rm(each);
};

/** The file system of a node of kind's, as `docker import` takes it (`node.tar`). */
export const kindNode = async (): Promise<CachedArtifact> => {
  const files = await readdir(join(here, 'node'));
  return {
    name: 'kind-node',
    inputs: {
      programs: (await programs()).inputs,
      kubernetes: (await kubernetesArtifact()).inputs,
      packages: nodePackages,
      recipe: 1,
      files: await Promise.all(files.sort().map((file) => readFile(join(here, 'node', file), 'utf8'))),
    },
    build: async (dir) => {
      const tree = join(dir, 'tree');
      await systemTree(tree, nodePackages);
      const lab = await ensureCached(await kubernetesArtifact());
      const bin = await ensureCached(await programs());
      await mkdir(join(tree, 'kind/manifests'), { recursive: true });
      await writeFile(join(tree, 'kind/version'), versions.kubernetes);
      await packImages(dir, join(tree, 'kind/images.tar'));
      const script = `
        cp "$1/kube" "$2"/{kubeadm,kubectl,etcd,coredns} usr/local/bin
        ln -s kube usr/local/bin/kubelet
        for name in ${components.join(' ')}; do install -m 755 "$3/component" usr/local/bin/$name; done
        install -m 755 "$3"/{entrypoint,systemctl,journalctl} usr/local/bin
        mkdir -p etc/containerd
        cp "$3/containerd.toml" etc/containerd/config.toml
        cp "$3"/default-{cni,storage}.yaml kind/manifests
        cp "$3/cni.conflist" kind`;
      await buildShell(tree, script, lab, bin, join(here, 'node'));
      await writeLayer(tree, join(dir, 'node.tar'));
      await rm(tree, { recursive: true });
    },
  };
};
