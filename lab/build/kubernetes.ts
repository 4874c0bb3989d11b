import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type CachedArtifact, ensureCached } from '../cache/cache.ts';
import { buildGo, goVersion } from './go.ts';

const source = join(import.meta.dirname, '../go');
const commands = ['kube', 'coredns', 'pause', 'read-disk', 'vdso-clock'] as const;

/** The Kubernetes release in go.mod, such as `v1.36.3`. */
const kubernetesVersion = async (): Promise<string> => {
  const version = /^\s*k8s\.io\/kubernetes (v\S+)$/m.exec(
    await readFile(join(source, 'go.mod'), 'utf8'),
  )?.[1];
  if (version === undefined) throw new Error('lab/go/go.mod pins no k8s.io/kubernetes');
  return version;
};

const sources = async (): Promise<string[]> => {
  const files = commands.map(async (name) =>
    (await readdir(join(source, 'cmd', name))).sort().map((file) => join('cmd', name, file)),
  );
  return (await Promise.all(files)).flat();
};

/**
 * All Kubernetes components in one binary (`kube`), CoreDNS, the process of the pause container, read-disk (keeps a
 * node's disks awake) and vdso-clock (makes its clock cheap to read). Built from their pinned Go modules.
 */
export const kubernetesArtifact = async (): Promise<CachedArtifact> => ({
  name: 'kubernetes',
  inputs: {
    go: await goVersion(),
    files: await Promise.all(
      ['go.mod', 'go.sum', ...(await sources())].map((file) => readFile(join(source, file), 'utf8')),
    ),
  },
  build: async (dir) => {
    const version = await kubernetesVersion();
    const [, minor] = version.split('.');
    const stamp = { gitVersion: version, gitMajor: '1', gitMinor: minor, gitTreeState: 'clean' };
    const values = Object.entries(stamp).map(
      ([name, value]) => `k8s.io/component-base/version.${name}=${value}`,
    );
    await buildGo(
      { source, what: 'Kubernetes' },
      commands.map((name) => `./cmd/${name}`),
      { dir, values },
    );
  },
});

/** Returns the path of the `kube` binary. Builds it if the cache does not have it. */
export const kubeBinary = async (): Promise<string> =>
  join(await ensureCached(await kubernetesArtifact()), 'kube');
