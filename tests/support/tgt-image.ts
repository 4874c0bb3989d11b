import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type CachedArtifact, ensureCached } from '../../lab/cache/cache.ts';
import { unpackPackages } from '../../lab/debian/unpack.ts';
import { podSystemArtifact } from '../../lab/images/core.ts';
import { writeArchive, writeLayer } from '../../lab/images/oci.ts';

/** The image of the tests' iSCSI target: tgt, which Longhorn's engine uses too. */
export const tgtImage = 'docker.io/corral/tgt:test';

// With the libraries of tgtd, but without Perl, which only unused commands need.
const packages = 'tgt libaio1t64 libibverbs1 librdmacm1t64 libnl-3-200 libnl-route-3-200'.split(' ');

/** The archive of that image. */
export const tgtArchive: CachedArtifact = {
  name: 'tgt',
  inputs: { packages, below: podSystemArtifact.inputs },
  build: async (dir) => {
    const tree = join(dir, 'tree');
    const layer = join(dir, 'layer.tar');
    await unpackPackages({ suite: 'trixie', packages, dependencies: false, tree });
    await writeLayer(tree, layer);
    await writeArchive(
      [
        {
          name: tgtImage,
          below: [join(await ensureCached(podSystemArtifact), 'layer.tar')],
          layers: [layer],
        },
      ],
      join(dir, 'images.tar'),
    );
    for (const name of [tree, layer]) await rm(name, { recursive: true });
  },
};
