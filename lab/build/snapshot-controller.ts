import { cp, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type CachedArtifact, ensureCached } from '../cache/cache.ts';
import type { Manifest } from '../manifests/read.ts';
import { buildGo, goModuleFolder, goVersion } from './go.ts';

const source = join(import.meta.dirname, '../snapshots');
const sourceModule = { source, what: 'the snapshot controller' };
const upstream = 'github.com/kubernetes-csi/external-snapshotter';

/** The files of the snapshot controller's artifact: its program, and the folder with the definitions of its kinds. */
export const snapshotControllerFiles = (dir: string) => ({
  program: join(dir, 'snapshot-controller'),
  definitions: join(dir, 'crd'),
});

/**
 * The snapshot controller, which a cluster's owner installs for the VolumeSnapshots of CSI, and the definitions of its
 * kinds. Both are from its pinned Go module.
 */
export const snapshotControllerArtifact = async (): Promise<CachedArtifact> => ({
  name: 'snapshot-controller',
  inputs: {
    go: await goVersion(),
    files: await Promise.all(['go.mod', 'go.sum'].map((file) => readFile(join(source, file), 'utf8'))),
  },
  build: async (dir) => {
    await buildGo(sourceModule, [`${upstream}/v8/cmd/snapshot-controller`], { dir });
    const client = await goModuleFolder(sourceModule, { module: `${upstream}/client/v8`, folder: dir });
    await cp(join(client, 'config/crd'), snapshotControllerFiles(dir).definitions, {
      recursive: true,
      filter: (file) => !/groupsnapshot|kustomization/.test(file),
    });
  },
});

/** The definitions of the kinds of the snapshot controller, as manifests. */
export const snapshotDefinitions = async (): Promise<Manifest[]> => {
  const { definitions } = snapshotControllerFiles(await ensureCached(await snapshotControllerArtifact()));
  const names = await readdir(definitions);
  const read = names.map(async (name) => ({
    source: name,
    text: await readFile(join(definitions, name), 'utf8'),
  }));
  return Promise.all(read);
};
